// SPDX-License-Identifier: Apache-2.0

using System.Numerics;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Writes comparisons: <c>tcp dport 22</c>, <c>meta mark &amp; 0xff == 0x10</c>, <c>ct state new</c>, <c>ip saddr 10.0.0.0/12</c>.</summary>
internal sealed class MatchText(ProtocolContext context, SetText sets, Func<uint, string?>? linkName)
{
    private static readonly string[] Operators = ["", "!= ", "< ", "<= ", "> ", ">= "];

    /// <summary>One comparison gives one piece of text, or several when it compares adjacent fields at once.</summary>
    public IReadOnlyList<TextItem> Compare(Operand left, CompareOperator op, ReadOnlySpan<byte> value)
    {
        var equality = op is CompareOperator.Equal or CompareOperator.NotEqual;
        if (left is { Bitwise: { } bitwise, Source: { } source } && IsZero(bitwise.Xor.Span)) return [Masked(left, source, bitwise.Mask.Span, op, value)];
        if (equality && left is { Payload: { } load, Protocol: { } protocol, Type: DataType.HexInteger })
        {
            var fields = HeaderFields.Cover(protocol, load.Offset * 8, load.Length * 8);
            if (fields.Count > 0) return Split(left, fields, op, value);
        }

        var sign = op == CompareOperator.Equal && DataTypes.IsBitmask(left.Type) ? "== " : Operators[(int)op];
        return [Noted(left, op, value, $"{left.Text} {sign}{Value(left, value)}")];
    }

    public TextItem Range(Operand left, RangeMatch range)
    {
        Kill(left);
        return new TextItem($"{left.Text} {(range.Inverted ? "!= " : "")}{sets.Range(left, range.From.Span, range.To.Span)}");
    }

    /// <summary>The text of a computed value, when it is used and not compared.</summary>
    public static string Computed(Operand source, Bitwise bitwise)
    {
        var length = bitwise.Mask.Length;
        var order = source.HostOrder;
        var mask = ValueText.Number(bitwise.Mask.Span, order);
        var xor = ValueText.Number(bitwise.Xor.Span, order);
        var all = (BigInteger.One << (length * 8)) - 1;
        // Bits that the mask clears and xor sets are set by an or.
        var or = xor & (all ^ mask);
        xor &= mask;
        mask |= or;
        var text = source.Text;
        if (mask != all) text += $" & {Number(source, mask, length)}";
        if (!xor.IsZero) text += $" ^ {Number(source, xor, length)}";
        if (!or.IsZero) text += $" | {Number(source, or, length)}";
        return text;
    }

    public string Value(Operand type, ReadOnlySpan<byte> value) => ValueText.Of(type.Type, value, type.HostOrder, linkName);

    /// <summary>Whatever is written implies the protocols of its operands.</summary>
    public void Kill(Operand operand)
    {
        for (var at = operand; at is not null; at = at.Source)
        {
            if (at.Kills is { } layer) context.Kill(layer);
            // ICMP is of one IP version each.
            if (at.Protocol is "icmp" or "icmpv6" && at.Kills is not null) context.Kill(Layer.Network);
        }
    }

    private static bool IsZero(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)0) < 0;

    private static string Number(Operand type, BigInteger number, int length)
    {
        if (type.Type is not (DataType.Ipv4Address or DataType.Ipv6Address or DataType.EtherAddress)) return ValueText.OfNumber(type.Type, number, length);
        var bytes = new byte[length];
        number.TryWriteBytes(bytes.AsSpan(length - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return ValueText.Of(type.Type, bytes, hostOrder: false);
    }

    private TextItem Noted(Operand left, CompareOperator op, ReadOnlySpan<byte> value, string text)
    {
        Kill(left);
        var item = new TextItem(text);
        if (op == CompareOperator.Equal && left.Decides is not null) context.Note(item, left, (ulong)ValueText.Number(value, left.HostOrder));
        return item;
    }

    private List<TextItem> Split(Operand left, IReadOnlyList<HeaderField> fields, CompareOperator op, ReadOnlySpan<byte> value)
    {
        var items = new List<TextItem>(fields.Count);
        var bit = 0;
        var number = ValueText.Number(value, hostOrder: false);
        foreach (var field in fields)
        {
            var operand = PayloadText.OfField(left, field);
            var part = (number >> ((value.Length * 8) - bit - field.Bits)) & ((BigInteger.One << field.Bits) - 1);
            bit += field.Bits;
            var full = DataTypes.LengthOf(field.Type);
            var partial = full * 8 > field.Bits && DataTypes.HasPrefixes(field.Type);
            var bytes = new byte[partial ? full : operand.Bytes];
            // A prefix stands in the first bytes, a number of bits in the last.
            var at = partial ? field.Bits / 8 : bytes.Length;
            part.TryWriteBytes(bytes.AsSpan(at - part.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
            var suffix = partial ? $"/{field.Bits}" : string.Empty;
            items.Add(Noted(operand, op, bytes, $"{operand.Text} {Operators[(int)op]}{Value(operand, bytes)}{suffix}"));
        }

        return items;
    }

    private TextItem Masked(Operand left, Operand source, ReadOnlySpan<byte> mask, CompareOperator op, ReadOnlySpan<byte> value)
    {
        var equality = op is CompareOperator.Equal or CompareOperator.NotEqual;
        var sign = Operators[(int)op];
        if (equality && DataTypes.IsBitmask(source.Type))
        {
            var flags = Value(source, mask);
            var zero = IsZero(value);
            var text = (op, zero) switch
            {
                (CompareOperator.NotEqual, true) => $"{source.Text} {flags}",
                (_, true) => $"{source.Text} ! {flags}",
                _ => $"{source.Text} {sign}{Value(source, value)} / {flags}",
            };
            Kill(left);
            return new TextItem(text);
        }

        if (PayloadText.Masked(source, mask) is var (field, shift) && field is not null)
        {
            var number = ValueText.Number(value, hostOrder: false) >> shift;
            return Noted(field, CompareOperator.NotEqual, value, $"{field.Text} {sign}{ValueText.OfNumber(field.Type, number, field.Bytes)}");
        }

        Kill(left);
        if (equality && !source.HostOrder && DataTypes.HasPrefixes(source.Type) && mask.Length == value.Length && PrefixOf(mask) is { } length)
            return new TextItem($"{source.Text} {sign}{Value(source, value)}/{length}");
        return new TextItem($"{Computed(source, left.Bitwise!)} {(sign.Length == 0 ? "== " : sign)}{Value(source, value)}");
    }

    private static int? PrefixOf(ReadOnlySpan<byte> mask)
    {
        var number = ValueText.Number(mask, hostOrder: false);
        var all = (BigInteger.One << (mask.Length * 8)) - 1;
        var host = all ^ number;
        return (host & (host + 1)).IsZero && !number.IsZero ? (mask.Length * 8) - (int)host.GetBitLength() : null;
    }
}
