// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>
/// The addresses of many prefixes of one family as disjoint ranges, for a question that is asked some millions of times: is this address in
/// any of them? A table of the first bits answers most of them with no; the rest is a binary search.
/// </summary>
internal sealed class PrefixRanges
{
    private const int TableBits = 16;

    private readonly UInt128[] _first;
    private readonly UInt128[] _last;
    private readonly ulong[] _table = new ulong[(1 << TableBits) / 64];
    private readonly int _shift;

    public PrefixRanges(IpFamily family, IEnumerable<IpPrefix> prefixes)
    {
        var width = family == IpFamily.IPv4 ? 32 : 128;
        _shift = width - TableBits;
        var ranges = prefixes.Where(prefix => prefix.Family == family).Distinct()
            .Select(prefix => (First: prefix.Network.Bits, Last: LastOf(prefix)))
            .OrderBy(range => range.First).ThenByDescending(range => range.Last);
        var first = new List<UInt128>();
        var last = new List<UInt128>();
        foreach (var range in ranges)
        {
            // Prefixes are nested or apart: what does not begin after the last range lies inside of it.
            if (last.Count > 0 && range.First <= last[^1]) continue;
            first.Add(range.First);
            last.Add(range.Last);
            for (var bits = (uint)(range.First >> _shift); bits <= (uint)(range.Last >> _shift); bits++) _table[bits >> 6] |= 1UL << (int)(bits & 63);
        }

        (_first, _last) = ([.. first], [.. last]);
    }

    /// <summary>True when any prefix has the address; IPv4 stands in the low half.</summary>
    public bool Contains(ulong high, ulong low)
    {
        var bits = (uint)(_shift >= 64 ? high >> (_shift - 64) : low >> _shift) & ((1 << TableBits) - 1);
        return (_table[bits >> 6] & (1UL << (int)(bits & 63))) != 0 && Search(new UInt128(high, low));
    }

    private static UInt128 LastOf(IpPrefix prefix)
    {
        var host = prefix.Network.Width - prefix.Length;
        return host == 128 ? UInt128.MaxValue : prefix.Network.Bits | ((UInt128.One << host) - UInt128.One);
    }

    private bool Search(UInt128 address)
    {
        int low = 0, high = _first.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (address < _first[middle]) high = middle - 1;
            else if (address > _last[middle]) low = middle + 1;
            else return true;
        }

        return false;
    }
}
