// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Expressions that translate addresses or hand packets to local sockets.</summary>
internal static class NatDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All = [new("nat", Nat), new("masq", Masquerade), new("redir", Redirect), new("tproxy", Tproxy)];

    // NFTA_NAT_*: 1 type (0 source, 1 destination), 2 family, 3 and 4 address registers, 5 and 6 port registers, 7 flags.
    private static NatExpression? Nat(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 7);
        if (!a.IsWhole || !a.TryUInt32(1, out var type) || type > 1 || !a.TryUInt32(2, out var family)) return null;
        if (!a.TryOptionalRegister(3, out var addressMin) || !a.TryOptionalRegister(4, out var addressMax)) return null;
        if (!a.TryOptionalRegister(5, out var portMin) || !a.TryOptionalRegister(6, out var portMax)) return null;
        return new NatExpression(type == 1, NfFamilies.Of(family), addressMin, addressMax, portMin, portMax, a.UInt32(7) ?? 0);
    }

    // NFTA_MASQ_*: 1 flags, 2 and 3 port registers.
    private static MasqueradeExpression? Masquerade(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryOptionalRegister(2, out var min) && a.TryOptionalRegister(3, out var max) ? new MasqueradeExpression(min, max, a.UInt32(1) ?? 0) : null;
    }

    // NFTA_REDIR_*: 1 and 2 port registers, 3 flags.
    private static RedirectExpression? Redirect(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryOptionalRegister(1, out var min) && a.TryOptionalRegister(2, out var max) ? new RedirectExpression(min, max, a.UInt32(3) ?? 0) : null;
    }

    // NFTA_TPROXY_*: 1 family, 2 address register, 3 port register.
    private static TproxyExpression? Tproxy(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryUInt32(1, out var family) && a.TryOptionalRegister(2, out var address) && a.TryOptionalRegister(3, out var port)
            ? new TproxyExpression(NfFamilies.Of(family), address, port)
            : null;
    }
}
