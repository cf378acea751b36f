// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Constants, comparisons and lookups.</summary>
internal static class MatchDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All =
    [
        new("immediate", Immediate),
        new("cmp", Compare),
        new("range", Range),
        new("lookup", Lookup),
        new("objref", ObjectReference),
        new("dynset", DynamicSet),
    ];

    // NFTA_IMMEDIATE_*: 1 dreg (0 = the verdict register), 2 data.
    private static Expression? Immediate(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 2);
        if (!a.IsWhole || !a.TryUInt32(1, out var register)) return null;
        if (register == 0) return VerdictDecoder.Decode(a[2], decoder.Context) is { } verdict ? new VerdictExpression(verdict) : null;
        return a.TryRegister(1, out var target) && a.TryValue(2, out var value) ? new Immediate(target, decoder.Context.Bytes.Store(value)) : null;
    }

    // NFTA_CMP_*: 1 sreg, 2 op, 3 data.
    private static Compare? Compare(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryRegister(1, out var source) && a.TryUInt32(2, out var op) && op <= (uint)CompareOperator.GreaterOrEqual && a.TryValue(3, out var value)
            ? new Compare(source, (CompareOperator)op, decoder.Context.Bytes.Store(value))
            : null;
    }

    // NFTA_RANGE_*: 1 sreg, 2 op, 3 from, 4 to.
    private static RangeMatch? Range(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 4);
        if (!a.IsWhole || !a.TryRegister(1, out var source) || !a.TryUInt32(2, out var op) || op > 1) return null;
        if (!a.TryValue(3, out var from) || !a.TryValue(4, out var to) || from.Length != to.Length) return null;
        return new RangeMatch(source, op == 1, decoder.Context.Bytes.Store(from), decoder.Context.Bytes.Store(to));
    }

    // NFTA_LOOKUP_*: 1 set, 2 sreg, 3 dreg (0 = the verdict register), 4 set id, 5 flags.
    private static Lookup? Lookup(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 5);
        if (!a.IsWhole || decoder.Context.Names.Get(a[1]) is not { } set || !a.TryRegister(2, out var source)) return null;
        var flags = a.UInt32(5) ?? 0;
        if (flags > 1) return null;
        if (a.UInt32(3) == 0) return new Lookup(set, source, VerdictMap: true, Inverted: flags == 1);
        return a.TryOptionalRegister(3, out var target) ? new Lookup(set, source, target, Inverted: flags == 1) : null;
    }

    // NFTA_OBJREF_*: 1 type, 2 name, 3 sreg, 4 set, 5 set id.
    private static ObjectReference? ObjectReference(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 5);
        if (!a.IsWhole || !a.TryOptionalRegister(3, out var source)) return null;
        var name = decoder.Context.Names.Get(a[2]);
        var set = decoder.Context.Names.Get(a[4]);
        return (name is null) == (set is null) || (set is null) != (source is null) ? null : new ObjectReference(a.UInt32(1) ?? 0, name, set, source);
    }

    // NFTA_DYNSET_*: 1 set, 2 set id, 3 op, 4 key, 5 data, 6 timeout, 7 one statement, 9 flags, 10 several statements.
    private static DynamicSet? DynamicSet(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 10);
        if (!a.IsWhole || decoder.Context.Names.Get(a[1]) is not { } set || !a.TryUInt32(3, out var op) || op > 2) return null;
        if (!a.TryRegister(4, out var key) || !a.TryOptionalRegister(5, out var value)) return null;
        Expression[]? statements = a.Has(10) ? decoder.DecodeList(a[10]) : a.Has(7) ? [decoder.Decode(a[7])] : null;
        return new DynamicSet(set, op, key, value, a.UInt64(6) ?? 0, (a.UInt32(9) & 1) == 1, statements);
    }
}
