// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

/// <summary>
/// Finds elements of a set by key. Keys are compared byte by byte from the first one, as the kernel's sets do it; ranges of
/// concatenated keys field by field.
/// </summary>
internal sealed class SetIndex
{
    private readonly Lazy<Dictionary<HexBytes, SetElement>> _single;
    private readonly Lazy<SetElement[]> _ranges;

    public SetIndex(NetfilterSet set)
    {
        Set = set;
        _single = new(Singles);
        _ranges = new(Ranges);
        CatchAll = set.Elements.FirstOrDefault(element => element.CatchAll);
    }

    public NetfilterSet Set { get; }

    public SetElement? CatchAll { get; }

    private bool IsConcatenation => Set.FieldLengths is { Count: > 1 };

    /// <summary>The element that holds the key; the catch-all one is not looked at.</summary>
    public SetElement? Find(ReadOnlyMemory<byte> key)
    {
        if (_single.Value.TryGetValue(new HexBytes(key), out var element)) return element;
        var ranges = _ranges.Value;
        if (ranges.Length == 0) return null;
        if (IsConcatenation)
        {
            foreach (var range in ranges)
            {
                if (HoldsFields(range, key.Span)) return range;
            }

            return null;
        }

        return Search(ranges, key.Span);
    }

    /// <summary>May (or must) the element hold a key of which some bits are unknown?</summary>
    public Exploration.Tri Holds(SetElement element, ReadOnlySpan<byte> key, ReadOnlySpan<byte> known)
    {
        if (element.CatchAll || element.Key.Length != key.Length) return Exploration.Tri.No;
        if (element.KeyEnd is not { } end) return PartialBytes.Equal(key, known, element.Key.Span);
        if (!IsConcatenation) return PartialBytes.InRange(key, known, element.Key.Span, end.Span);
        var result = Exploration.Tri.Yes;
        var start = 0;
        foreach (var length in Set.FieldLengths)
        {
            if (start + length > key.Length) return Exploration.Tri.Unknown;
            result = Exploration.TriMath.And(
                result, PartialBytes.InRange(key.Slice(start, length), known.Slice(start, length), element.Key.Span.Slice(start, length), end.Span.Slice(start, length)));
            start += (length + 3) & ~3;
        }

        return result;
    }

    private static SetElement? Search(SetElement[] ranges, ReadOnlySpan<byte> key)
    {
        int low = 0, high = ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var range = ranges[middle];
            if (key.SequenceCompareTo(range.Key.Span) < 0) high = middle - 1;
            else if (key.SequenceCompareTo(range.KeyEnd!.Value.Span) > 0) low = middle + 1;
            else return range;
        }

        return null;
    }

    private bool HoldsFields(SetElement range, ReadOnlySpan<byte> key)
    {
        var start = 0;
        var from = range.Key.Span;
        var to = range.KeyEnd!.Value.Span;
        foreach (var length in Set.FieldLengths)
        {
            if (start + length > key.Length) return false;
            var field = key.Slice(start, length);
            if (field.SequenceCompareTo(from.Slice(start, length)) < 0 || field.SequenceCompareTo(to.Slice(start, length)) > 0) return false;
            start += (length + 3) & ~3;
        }

        return true;
    }

    private Dictionary<HexBytes, SetElement> Singles()
    {
        var result = new Dictionary<HexBytes, SetElement>();
        foreach (var element in Set.Elements)
        {
            if (!element.CatchAll && element.KeyEnd is null) result[element.Key] = element;
        }

        return result;
    }

    private SetElement[] Ranges()
    {
        var ranges = Set.Elements.Where(element => element is { CatchAll: false, KeyEnd: not null } && element.KeyEnd.Value.Length == element.Key.Length);
        if (IsConcatenation) return [.. ranges.Where(range => range.Key.Length == Set.KeyLength)];
        var sorted = ranges.ToArray();
        Array.Sort(sorted, (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        return sorted;
    }
}
