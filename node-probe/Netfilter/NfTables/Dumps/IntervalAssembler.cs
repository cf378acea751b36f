// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// Puts the ranges of an interval set together. The kernel keeps the first key of each and, flagged NFT_SET_ELEM_INTERVAL_END, the first
/// key after it; adjacent ranges may share a border, and a range up to the highest key has no end. Keys are in network order.
/// </summary>
internal static class IntervalAssembler
{
    public static SetElement[] Assemble(List<SetElement> starts, List<HexBytes> ends, ByteSlab bytes)
    {
        starts.Sort((a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        ends.Sort((a, b) => a.Span.SequenceCompareTo(b.Span));
        var ranges = new SetElement[starts.Count];
        var end = 0;
        for (var i = 0; i < ranges.Length; i++)
        {
            var start = starts[i];
            ranges[i] = start;
            if (start.CatchAll || start.KeyEnd is not null) continue;
            // An end at the key itself closes the range before.
            while (end < ends.Count && ends[end].Span.SequenceCompareTo(start.Key.Span) <= 0) end++;
            var next = i + 1 < starts.Count ? starts[i + 1].Key : (HexBytes?)null;
            if (end < ends.Count && (next is null || ends[end].Span.SequenceCompareTo(next.Value.Span) <= 0)) next = ends[end];
            ranges[i] = WithEnd(start, next, bytes);
        }

        return ranges;
    }

    /// <summary>The element up to the key before <paramref name="next"/>; up to the highest one when there is none.</summary>
    private static SetElement WithEnd(SetElement start, HexBytes? next, ByteSlab bytes)
    {
        Span<byte> last = stackalloc byte[start.Key.Length];
        if (next is not { } after || after.Length != last.Length)
        {
            last.Fill(0xff);
        }
        else
        {
            after.Span.CopyTo(last);
            for (var i = last.Length - 1; i >= 0 && last[i]-- == 0; i--)
            {
                // Borrow from the byte before.
            }
        }

        return last.SequenceEqual(start.Key.Span) ? start : start with { KeyEnd = bytes.Store(last) };
    }
}
