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
    // One list for all prefixes: with a list for each, the lists would take more memory than the routes in them.
    private readonly T[] _values;
    private readonly Dictionary<IpPrefix, Range> _ranges;
    private readonly IpPrefix[] _sorted;
    private readonly int[] _lengths4;
    private readonly int[] _lengths6;

    public PrefixTable(IEnumerable<KeyValuePair<IpPrefix, T>> entries)
    {
        // A stable sort: values of one prefix keep their order.
        KeyValuePair<IpPrefix, T>[] sorted = [.. entries.OrderBy(entry => entry.Key, PrefixOrder.Instance)];
        _values = Array.ConvertAll(sorted, entry => entry.Value);
        _ranges = new(sorted.Length);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end].Key == sorted[start].Key) end++;
            _ranges.Add(sorted[start].Key, start..end);
        }

        _sorted = [.. _ranges.Keys.Order(PrefixOrder.Instance)];
        _lengths4 = Lengths(IpFamily.IPv4);
        _lengths6 = Lengths(IpFamily.IPv6);
    }

    public int Count => _sorted.Length;

    /// <summary>All prefixes, by family, network and length.</summary>
    public IReadOnlyList<IpPrefix> Prefixes => _sorted;

    public ArraySegment<T> this[IpPrefix prefix] => _ranges.TryGetValue(prefix, out var range)
        ? new(_values, range.Start.Value, range.End.Value - range.Start.Value)
        : ArraySegment<T>.Empty;

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
            foreach (var value in this[_sorted[i]]) yield return (_sorted[i], value);
        }
    }

    /// <summary>True when any entry shares an address with the prefix.</summary>
    public bool Overlaps(IpPrefix prefix) => Covering(prefix).Any() || Inside(prefix).Any();

    private int[] Lengths(IpFamily family) =>
        [.. _sorted.Where(prefix => prefix.Family == family).Select(prefix => prefix.Length).Distinct().OrderDescending()];
}
