// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>
/// Prefixes with values, for longest-prefix questions. One dictionary probe per prefix length in use, and a sorted array for
/// "what lies inside": a few dozen steps per question, whatever the number of prefixes.
/// </summary>
/// <typeparam name="T">What belongs to a prefix; several values may share one.</typeparam>
internal sealed class PrefixTable<T>
{
    private readonly Dictionary<IpPrefix, List<T>> _values = [];
    private readonly IpPrefix[] _sorted;
    private readonly int[] _lengths4;
    private readonly int[] _lengths6;

    public PrefixTable(IEnumerable<KeyValuePair<IpPrefix, T>> entries)
    {
        foreach (var (prefix, value) in entries)
        {
            if (!_values.TryGetValue(prefix, out var list)) _values[prefix] = list = [];
            list.Add(value);
        }

        _sorted = [.. _values.Keys.Order(PrefixOrder.Instance)];
        _lengths4 = Lengths(IpFamily.IPv4);
        _lengths6 = Lengths(IpFamily.IPv6);
    }

    public int Count => _sorted.Length;

    /// <summary>All prefixes, by family, network and length.</summary>
    public IReadOnlyList<IpPrefix> Prefixes => _sorted;

    public IReadOnlyList<T> this[IpPrefix prefix] => _values.TryGetValue(prefix, out var list) ? list : [];

    /// <summary>Entries that contain the whole prefix, the longest first.</summary>
    public IEnumerable<(IpPrefix Prefix, T Value)> Covering(IpPrefix prefix)
    {
        foreach (var length in prefix.Family == IpFamily.IPv4 ? _lengths4 : _lengths6)
        {
            if (length > prefix.Length || !IpPrefix.TryCreate(prefix.Network, length, out var candidate)) continue;
            foreach (var value in this[candidate]) yield return (candidate, value);
        }
    }

    /// <summary>Entries that are equal to the prefix or inside it, in address order.</summary>
    public IEnumerable<(IpPrefix Prefix, T Value)> Inside(IpPrefix prefix)
    {
        var index = Array.BinarySearch(_sorted, prefix, PrefixOrder.Instance);
        for (var i = index < 0 ? ~index : index; i < _sorted.Length && prefix.Contains(_sorted[i]); i++)
        {
            foreach (var value in _values[_sorted[i]]) yield return (_sorted[i], value);
        }
    }

    /// <summary>True when any entry shares an address with the prefix.</summary>
    public bool Overlaps(IpPrefix prefix) => Covering(prefix).Any() || Inside(prefix).Any();

    private int[] Lengths(IpFamily family) =>
        [.. _sorted.Where(prefix => prefix.Family == family).Select(prefix => prefix.Length).Distinct().OrderDescending()];
}
