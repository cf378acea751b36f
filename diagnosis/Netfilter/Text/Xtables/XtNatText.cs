// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Targets that rewrite addresses.</summary>
internal static class XtNatText
{
    public static bool Append(StringBuilder text, NetfilterFamily family, Expression expression)
    {
        switch (expression)
        {
            case XtNat nat:
                Nat(text, family, nat);
                return true;
            case XtTproxy proxy:
                text.Append($" -j TPROXY --on-port {proxy.Port} --on-ip {proxy.Address} --tproxy-mark 0x{proxy.Mark:x}/0x{proxy.Mask:x}");
                return true;
            case XtNpt npt:
                text.Append(npt.Destination ? " -j DNPT" : " -j SNPT").Append($" --src-pfx {npt.From}/{npt.FromLength} --dst-pfx {npt.To}/{npt.ToLength}");
                return true;
            default:
                return false;
        }
    }

    private static void Nat(StringBuilder text, NetfilterFamily family, XtNat nat)
    {
        switch (nat.Kind)
        {
            case XtNatKind.Dnat:
                Range(text.Append(" -j DNAT --to-destination "), family, nat);
                break;
            case XtNatKind.Snat:
                Range(text.Append(" -j SNAT --to-source "), family, nat);
                break;
            case XtNatKind.Netmap:
                text.Append(" -j NETMAP --to ").Append(nat.AddressMin);
                Mask(text, nat);
                return;
            case XtNatKind.Masquerade:
                text.Append(" -j MASQUERADE");
                Ports(text, " --to-ports ", nat);
                break;
            default:
                text.Append(" -j REDIRECT");
                Ports(text, " --to-ports ", nat);
                break;
        }

        text.Flag(nat.Flags.HasFlag(XtNatFlags.ProtoRandom), "--random").Flag(nat.Flags.HasFlag(XtNatFlags.ProtoRandomFully), "--random-fully");
        text.Flag(nat.Flags.HasFlag(XtNatFlags.Persistent), "--persistent");
    }

    private static void Range(StringBuilder text, NetfilterFamily family, XtNat nat)
    {
        var brackets = family == NetfilterFamily.Ipv6 && nat.PortMin is not null;
        if (nat.AddressMin is { } first)
        {
            text.Append(brackets ? "[" : string.Empty).Append(first);
            if (nat.AddressMax is { } last && last != first) text.Append('-').Append(last);
            text.Append(brackets ? "]" : string.Empty);
        }

        Ports(text, ":", nat);
        if (nat.PortBase is { } start) text.Append('/').Append(start);
    }

    private static void Ports(StringBuilder text, string before, XtNat nat)
    {
        if (nat.PortMin is not { } first) return;
        text.Append(before).Append(first);
        if (nat.PortMax is { } last && last != first) text.Append('-').Append(last);
    }

    /// <summary>The bits in which the first and the last address agree.</summary>
    private static void Mask(StringBuilder text, XtNat nat)
    {
        if (nat is not { AddressMin: { } first, AddressMax: { } last } || first == last) return;
        var mask = IpAddr.FromBits(first.Family, ~(first.Bits ^ last.Bits) & (UInt128.MaxValue >> (128 - first.Width)));
        var length = XtFormat.PrefixLength(mask);
        text.Append('/');
        if (length < 0) text.Append(mask);
        else text.Append(length);
    }
}
