// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Expressions that load something into a register, and their counterparts that write it to the packet.</summary>
internal static class LoadDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All =
    [
        new("payload", Payload),
        new("exthdr", ExtensionHeader),
        new("meta", Meta),
        new("ct", Conntrack),
        new("rt", Route),
        new("fib", Fib),
        new("socket", Socket),
        new("numgen", NumberGenerator),
        new("hash", Hash),
        new("osf", Osf),
        new("xfrm", Xfrm),
    ];

    // NFTA_PAYLOAD_*: 1 dreg, 2 base, 3 offset, 4 len, 5 sreg, 6 to 8 checksum.
    private static Expression? Payload(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 8);
        if (!a.IsWhole || !a.TryUInt32(2, out var from) || from > (uint)PayloadBase.Tunnel || !TryExtent(a, 3, 4, out var offset, out var length)) return null;
        if (a.TryRegister(5, out var source)) return new PayloadWrite(source, (PayloadBase)from, offset, length);
        return a.TryRegister(1, out var target) ? new PayloadLoad(target, (PayloadBase)from, offset, length) : null;
    }

    // NFTA_EXTHDR_*: 1 dreg, 2 type u8, 3 offset, 4 len, 5 flags, 6 op, 7 sreg. Neither register: strip the TCP option.
    private static Expression? ExtensionHeader(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 7);
        if (!a.IsWhole || a.Byte(2) is not { } type || !TryExtent(a, 3, 4, out var offset, out var length)) return null;
        var operation = a.UInt32(6) ?? 0;
        if (a.TryRegister(1, out var target)) return new ExtensionHeader(target, type, offset, length, operation, (a.UInt32(5) & 1) == 1);
        return a.TryOptionalRegister(7, out var source) ? new ExtensionHeaderWrite(type, offset, length, operation, source) : null;
    }

    // NFTA_META_*: 1 dreg, 2 key, 3 sreg.
    private static Expression? Meta(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        if (!a.IsWhole || !a.TryUInt32(2, out var key)) return null;
        if (a.TryRegister(1, out var target)) return new MetaLoad(target, key);
        return a.TryRegister(3, out var source) ? new MetaSet(source, key) : null;
    }

    // NFTA_CT_*: 1 dreg, 2 key, 3 direction u8, 4 sreg.
    private static Expression? Conntrack(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 4);
        if (!a.IsWhole || !a.TryUInt32(2, out var key)) return null;
        if (a.TryRegister(1, out var target)) return new ConntrackLoad(target, key, a.Byte(3));
        return a.TryRegister(4, out var source) ? new ConntrackSet(source, key, a.Byte(3)) : null;
    }

    // NFTA_RT_*: 1 dreg, 2 key.
    private static RouteLoad? Route(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 2);
        return a.IsWhole && a.TryRegister(1, out var target) && a.TryUInt32(2, out var key) ? new RouteLoad(target, key) : null;
    }

    // NFTA_FIB_*: 1 dreg, 2 result, 3 flags.
    private static FibLoad? Fib(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryRegister(1, out var target) && a.TryUInt32(2, out var result) && a.TryUInt32(3, out var flags)
            ? new FibLoad(target, result, flags)
            : null;
    }

    // NFTA_SOCKET_*: 1 key, 2 dreg, 3 level.
    private static SocketLoad? Socket(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryUInt32(1, out var key) && a.TryRegister(2, out var target) ? new SocketLoad(target, key, a.UInt32(3) ?? 0) : null;
    }

    // NFTA_NG_*: 1 dreg, 2 modulus, 3 type, 4 offset, 5 and 6 of old.
    private static NumberGenerator? NumberGenerator(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 6);
        return a.IsWhole && a.TryRegister(1, out var target) && a.TryUInt32(2, out var modulus) && a.TryUInt32(3, out var type) && type <= 1
            ? new NumberGenerator(target, modulus, type == 1, a.UInt32(4) ?? 0)
            : null;
    }

    // NFTA_HASH_*: 1 sreg, 2 dreg, 3 len, 4 modulus, 5 seed, 6 offset, 7 type (0 Jenkins, 1 symmetric), 8 and 9 of old.
    private static HashLoad? Hash(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 9);
        if (!a.IsWhole || !a.TryRegister(2, out var target) || !a.TryUInt32(4, out var modulus) || !a.TryOptionalRegister(1, out var source)) return null;
        var type = a.UInt32(7) ?? 0;
        var length = a.UInt32(3) ?? 0;
        if (type > 1 || length > 64 || (type == 0 && source is null)) return null;
        return new HashLoad(target, source, (int)length, modulus, a.UInt32(5), a.UInt32(6) ?? 0, type == 1);
    }

    // NFTA_OSF_*: 1 dreg, 2 ttl u8, 3 flags.
    private static OsfLoad? Osf(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryRegister(1, out var target) ? new OsfLoad(target, a.Byte(2) ?? 0, a.UInt32(3) ?? 0) : null;
    }

    // NFTA_XFRM_*: 1 dreg, 2 key, 3 direction u8, 4 place.
    private static XfrmLoad? Xfrm(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 4);
        return a.IsWhole && a.TryRegister(1, out var target) && a.TryUInt32(2, out var key) && a.Byte(3) is { } direction
            ? new XfrmLoad(target, key, direction, a.UInt32(4) ?? 0)
            : null;
    }

    /// <summary>Offset and length, both of which the kernel keeps in a byte.</summary>
    private static bool TryExtent(NfAttributes a, int offsetType, int lengthType, out int offset, out int length)
    {
        offset = a.TryUInt32(offsetType, out var from) ? (int)Math.Min(from, ushort.MaxValue) : -1;
        length = a.TryUInt32(lengthType, out var count) ? (int)Math.Min(count, ushort.MaxValue) : -1;
        return offset is >= 0 and < ushort.MaxValue && length is >= 0 and <= 256;
    }
}
