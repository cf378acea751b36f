// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>
/// Prefixes with values, for longest-prefix questions: a sorted array, asked once for each prefix length in use. A few dozen steps per question, whatever the
/// number of prefixes. Models hold thousands of small tables, so a small one is its arrays and nothing else; a large one has a dictionary as well.
/// </summary>
/// <typeparam name="T">What belongs to a prefix; several values may share one.</typeparam>
internal sealed class PrefixTable<T>
{
    /// <summary>A search in so few prefixes costs no more than a hash of one.</summary>
    private const int Few = 64;

    private readonly IpPrefix[] _sorted;
    private readonly T[] _values;

    // Where the values of a prefix begin; null when each prefix has one.
    private readonly int[]? _starts;
    private readonly Dictionary<IpPrefix, int>? _places;
    private readonly byte[] _lengths4;
    private readonly byte[] _lengths6;

    public PrefixTable(IEnumerable<KeyValuePair<IpPrefix, T>> entries)
    {
        var all = Sorted([.. entries]);
        _values = Array.ConvertAll(all, entry => entry.Value);
        var distinct = all.Length;
        for (var i = 1; i < all.Length; i++)
        {
            if (all[i].Key == all[i - 1].Key) distinct--;
        }

        _sorted = new IpPrefix[distinct];
        _starts = distinct == all.Length ? null : new int[distinct];
        for (int i = 0, place = 0; i < all.Length; i++)
        {
            if (i > 0 && all[i].Key == all[i - 1].Key) continue;
            if (_starts is not null) _starts[place] = i;
            _sorted[place++] = all[i].Key;
        }

        if (distinct > Few)
        {
            _places = new(distinct);
            for (var place = 0; place < distinct; place++) _places.Add(_sorted[place], place);
        }

        _lengths4 = Lengths(IpFamily.IPv4);
        _lengths6 = Lengths(IpFamily.IPv6);
    }

    public int Count => _sorted.Length;

    /// <summary>All prefixes, by family, network and length.</summary>
    public IReadOnlyList<IpPrefix> Prefixes => _sorted;

    public ArraySegment<T> this[IpPrefix prefix] => PlaceOf(prefix) is >= 0 and var place ? At(place) : ArraySegment<T>.Empty;

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
            foreach (var value in At(i)) yield return (_sorted[i], value);
        }
    }

    /// <summary>True when any entry shares an address with the prefix.</summary>
    public bool Overlaps(IpPrefix prefix) => Covering(prefix).Any() || Inside(prefix).Any();

    private int PlaceOf(IpPrefix prefix) =>
        _places is null ? Array.BinarySearch(_sorted, prefix, PrefixOrder.Instance) : _places.GetValueOrDefault(prefix, -1);

    private ArraySegment<T> At(int place)
    {
        if (_starts is null) return new(_values, place, 1);
        var end = place + 1 < _starts.Length ? _starts[place + 1] : _values.Length;
        return new(_values, _starts[place], end - _starts[place]);
    }

    // Stable: values of one prefix keep their order.
    private static KeyValuePair<IpPrefix, T>[] Sorted(KeyValuePair<IpPrefix, T>[] entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            if (PrefixOrder.Instance.Compare(entries[i - 1].Key, entries[i].Key) > 0)
                return [.. entries.OrderBy(entry => entry.Key, PrefixOrder.Instance)];
        }

        return entries;
    }

    private byte[] Lengths(IpFamily family)
    {
        const int Longest = 128;
        Span<bool> used = stackalloc bool[Longest + 1];
        var count = 0;
        foreach (var prefix in _sorted)
        {
            if (prefix.Family != family || used[prefix.Length]) continue;
            used[prefix.Length] = true;
            count++;
        }

        if (count == 0) return [];
        var lengths = new byte[count];
        for (int length = Longest, next = 0; next < count; length--)
        {
            if (used[length]) lengths[next++] = (byte)length;
        }

        return lengths;
    }
}
