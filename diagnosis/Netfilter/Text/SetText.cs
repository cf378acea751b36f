// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Writes sets inside of rules: <c>{ 80, 443 }</c>, <c>{ 10.0.0.1 . tcp : jump c }</c>, or <c>@name</c>.</summary>
internal sealed class SetText(Func<uint, string?>? linkName)
{
    /// <summary>A reference to a named set, or the elements of an anonymous one.</summary>
    /// <param name="set">The set.</param>
    /// <param name="key">What is looked up, part by part.</param>
    public string Of(NetfilterSet set, IReadOnlyList<Operand> key)
    {
        if (!set.Anonymous) return "@" + set.Name;
        var elements = set.Elements.ToList();
        elements.Sort((a, b) => Compare(a, b, key, set.Interval));
        return "{ " + string.Join(", ", elements.Select(element => Element(set, element, key))) + " }";
    }

    public static string VerdictOf(Verdict verdict) => verdict.Kind switch
    {
        VerdictKind.Jump => $"jump {verdict.Chain}",
        VerdictKind.Goto => $"goto {verdict.Chain}",
        VerdictKind.Accept => "accept",
        VerdictKind.Drop => "drop",
        VerdictKind.Continue => "continue",
        VerdictKind.Break => "break",
        VerdictKind.Return => "return",
        VerdictKind.Queue => "queue",
        _ => "[ verdict ]",
    };

    private string Element(NetfilterSet set, SetElement element, IReadOnlyList<Operand> key)
    {
        var text = new StringBuilder(element.CatchAll ? "*" : Key(element, key));
        if (element.Comment is { } comment) text.Append(" comment \"").Append(comment).Append('"');
        if (element.Verdict is { } verdict) text.Append(" : ").Append(VerdictOf(verdict));
        else if (element.ObjectName is { } name) text.Append(" : \"").Append(name).Append('"');
        else if (element.Data is { } data) text.Append(" : ").Append(Data(set, data.Span));
        return text.ToString();
    }

    private string Key(SetElement element, IReadOnlyList<Operand> key)
    {
        var parts = new List<string>(key.Count);
        var offset = 0;
        var last = element.KeyEnd;
        foreach (var part in key)
        {
            var length = Math.Min(key.Count == 1 ? element.Key.Length : part.Bytes, element.Key.Length - offset);
            if (length <= 0) break;
            var from = element.Key.Span.Slice(offset, length);
            parts.Add(Range(part, from, last is { } end && end.Length >= offset + length ? end.Span.Slice(offset, length) : from));
            offset += (length + 3) & ~3;
        }

        return string.Join(" . ", parts);
    }

    /// <summary>A value, a prefix or a range.</summary>
    public string Range(Operand type, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        if (from.SequenceEqual(to)) return Value(type, from);
        if (type.Type == DataType.InterfaceName) return Wildcard(type, from, to);
        if (DataTypes.HasPrefixes(type.Type) && PrefixLength(from, to) is { } length) return $"{Value(type, from)}/{length}";
        return $"{Value(type, from)}-{Value(type, to)}";
    }

    private string Value(Operand type, ReadOnlySpan<byte> bytes)
    {
        if (type.Shift > 0) return ValueText.OfNumber(type.Type, ValueText.Number(bytes, hostOrder: false) >> type.Shift, bytes.Length);
        var text = ValueText.Of(type.Type, bytes, type.HostOrder, linkName);
        return DataTypes.IsBitmask(type.Type) ? text.Replace(",", " | ", StringComparison.Ordinal) : text;
    }

    // "eth*" is the range from its letters to its letters with all bits set behind.
    private static string Wildcard(Operand type, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var common = from.CommonPrefixLength(to);
        return ValueText.Of(type.Type, from[..common], hostOrder: false);
    }

    /// <summary>The length of the prefix that goes from one value to the other in network order; null when they are not its ends.</summary>
    public static int? PrefixLength(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var bits = 0;
        while (bits < from.Length * 8 && Bit(from, bits) == Bit(to, bits)) bits++;
        for (var i = bits; i < from.Length * 8; i++)
        {
            if (Bit(from, i) || !Bit(to, i)) return null;
        }

        return bits;
    }

    private static bool Bit(ReadOnlySpan<byte> bytes, int bit) => (bytes[bit / 8] & (0x80 >> (bit % 8))) != 0;

    private string Data(NetfilterSet set, ReadOnlySpan<byte> data)
    {
        var types = DataTypes.Unpack(set.DataType);
        var parts = new List<string>(types.Count);
        var rest = data;
        foreach (var type in types)
        {
            if (rest.IsEmpty) break;
            var length = types.Count == 1 ? rest.Length : Math.Min(DataTypes.LengthOf(type), rest.Length);
            var operand = new Operand(string.Empty, type, length * 8) { HostOrder = DataTypes.IsHostOrder(type) || (types.Count == 1 && set.DataHostOrder) };
            // nft keeps both ends of a range side by side.
            if (set.DataInterval && types.Count == 1 && rest.Length % 2 == 0) parts.Add(Range(operand, rest[..(length / 2)], rest[(length / 2)..]));
            else parts.Add(Value(operand, rest[..length]));
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }

        return string.Join(" . ", parts);
    }

    private static int Compare(SetElement a, SetElement b, IReadOnlyList<Operand> key, bool interval)
    {
        if (a.CatchAll || b.CatchAll) return a.CatchAll.CompareTo(b.CatchAll);
        var offset = 0;
        foreach (var part in key)
        {
            var length = Math.Min(key.Count == 1 ? a.Key.Length : part.Bytes, Math.Min(a.Key.Length, b.Key.Length) - offset);
            if (length <= 0) break;
            // nft compares numbers: names as well, whose first letter is their lowest byte where they are no ranges.
            var hostOrder = part.HostOrder || (!interval && part.Type is DataType.InterfaceName or DataType.String);
            var order = ValueText.Number(a.Key.Span.Slice(offset, length), hostOrder).CompareTo(ValueText.Number(b.Key.Span.Slice(offset, length), hostOrder));
            if (order != 0) return order;
            offset += (length + 3) & ~3;
        }

        return 0;
    }
}
