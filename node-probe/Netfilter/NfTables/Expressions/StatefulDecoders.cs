// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Expressions that keep a state, which stateful objects and elements of sets have too.</summary>
internal static class StatefulDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All =
    [
        new("counter", Counter),
        new("limit", Limit),
        new("connlimit", ConnectionLimit),
        new("quota", Quota),
        new("last", Last),
        new("synproxy", Synproxy),
    ];

    // NFTA_COUNTER_*: 1 bytes, 2 packets, 3 padding.
    public static Expression? Counter(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryUInt64(1, out var bytes) && a.TryUInt64(2, out var packets) ? new CounterExpression(packets, bytes) : null;
    }

    // NFTA_LIMIT_*: 1 rate, 2 unit in seconds, 3 burst, 4 type (1 = bytes), 5 flags (1 = over), 6 padding.
    public static Expression? Limit(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 6);
        if (!a.IsWhole || !a.TryUInt64(1, out var rate) || !a.TryUInt64(2, out var unit)) return null;
        var type = a.UInt32(4) ?? 0;
        var flags = a.UInt32(5) ?? 0;
        return type > 1 || flags > 1 ? null : new LimitExpression(rate, unit, a.UInt32(3) ?? 0, type == 1, flags == 1);
    }

    // NFTA_CONNLIMIT_*: 1 count, 2 flags (1 = over).
    public static Expression? ConnectionLimit(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 2);
        var flags = a.UInt32(2) ?? 0;
        return a.IsWhole && a.TryUInt32(1, out var count) && flags <= 1 ? new ConnectionLimit(count, flags == 1) : null;
    }

    // NFTA_QUOTA_*: 1 bytes, 2 flags (1 = over, 2 = used up), 3 padding, 4 consumed.
    public static Expression? Quota(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 4);
        var flags = a.UInt32(2) ?? 0;
        return a.IsWhole && a.TryUInt64(1, out var bytes) && flags <= 3 ? new QuotaExpression(bytes, a.UInt64(4) ?? 0, (flags & 1) == 1) : null;
    }

    // NFTA_SYNPROXY_*: 1 mss u16, 2 wscale u8, 3 flags.
    public static Expression? Synproxy(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole ? new SynproxyExpression(a.UInt16(1), a.Byte(2), a.UInt32(3) ?? 0) : null;
    }

    // NFTA_LAST_*: 1 set, 2 milliseconds, 3 padding.
    private static LastExpression? Last(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole ? new LastExpression(a.UInt32(1) is > 0 ? a.UInt64(2) : null) : null;
    }
}
