// SPDX-License-Identifier: Apache-2.0

using System.Numerics;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Ranges of numbers, merged and sorted: one binary search says whether another range touches any of them.</summary>
/// <typeparam name="T">uint for IPv4, UInt128 for IPv6.</typeparam>
internal sealed class AddressRanges<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly T[] _first;
    private readonly T[] _last;

    public AddressRanges(IReadOnlyCollection<(T First, T Last)> ranges)
    {
        _first = [.. ranges.Select(range => range.First)];
        _last = [.. ranges.Select(range => range.Last)];
        Array.Sort(_first, _last);
        var count = 0;
        for (var i = 0; i < _first.Length; i++)
        {
            if (count > 0 && (_last[count - 1] == T.MaxValue || _first[i] <= _last[count - 1] + T.One))
            {
                _last[count - 1] = T.Max(_last[count - 1], _last[i]);
                continue;
            }

            (_first[count], _last[count]) = (_first[i], _last[i]);
            count++;
        }

        Array.Resize(ref _first, count);
        Array.Resize(ref _last, count);
    }

    /// <summary>True when any number of the range is in one of the ranges.</summary>
    public bool Overlaps(T first, T last)
    {
        // The first range that does not end before ours begins is the only one that can begin before ours ends.
        int low = 0, high = _last.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_last[middle] < first) low = middle + 1;
            else high = middle;
        }

        return low < _first.Length && _first[low] <= last;
    }
}
