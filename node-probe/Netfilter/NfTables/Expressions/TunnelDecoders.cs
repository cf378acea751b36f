// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Expressions about tunnels.</summary>
internal static class TunnelDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All = [new("tunnel", Tunnel), new("inner", Inner)];

    // NFTA_TUNNEL_*: 1 key, 2 dreg, 3 mode.
    private static TunnelLoad? Tunnel(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryUInt32(1, out var key) && a.TryRegister(2, out var target) ? new TunnelLoad(target, key, a.UInt32(3) ?? 0) : null;
    }

    // NFTA_INNER_* (Linux 6.2): 1 number, 2 type, 3 flags, 4 header size, 5 expression.
    private static InnerExpression? Inner(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 5);
        if (!a.IsWhole || !a.TryUInt32(2, out var type) || !a.TryUInt32(3, out var flags) || !a.TryUInt32(4, out var size) || !a.Has(5)) return null;
        return new InnerExpression(type, flags, size, decoder.Decode(a[5]));
    }
}
