// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Targets that rewrite addresses (linux/netfilter/nf_nat.h, linux/netfilter_ipv6/ip6t_NPT.h).</summary>
internal static class XtNatDecoder
{
    public static Expression? Decode(string name, byte revision, in XtInfo info) => name switch
    {
        "DNPT" or "SNPT" => revision == 0 && info.IsVersion6 && info.Is(36) ? Npt(info, name == "DNPT") : null,
        "DNAT" => Nat(XtNatKind.Dnat, revision, info),
        "SNAT" => Nat(XtNatKind.Snat, revision, info),
        "MASQUERADE" => revision == 0 ? ByFamily(XtNatKind.Masquerade, info) : null,
        "REDIRECT" => revision == 0 ? ByFamily(XtNatKind.Redirect, info) : null,
        "NETMAP" => revision == 0 ? ByFamily(XtNatKind.Netmap, info) : null,
        _ => null,
    };

    private static XtNat? Nat(XtNatKind kind, byte revision, in XtInfo info) => revision switch
    {
        0 => info.IsVersion4 ? Old(kind, info) : null,
        1 => Range(kind, info, 40),
        2 => Range(kind, info, 44),
        _ => null,
    };

    /// <summary>Targets that have one name but two structures.</summary>
    private static XtNat? ByFamily(XtNatKind kind, in XtInfo info) => info.IsVersion4 ? Old(kind, info) : Range(kind, info, 40);

    /// <summary>struct nf_nat_ipv4_multi_range_compat, which holds exactly one range.</summary>
    private static XtNat? Old(XtNatKind kind, in XtInfo info) => info.Is(20) && info.U32(0) == 1 && IsKnown(info.U32(4))
        ? Make(kind, (XtNatFlags)info.U32(4), info.Address4(8), info.Address4(12), (info.NetworkU16(16), info.NetworkU16(18), 0))
        : null;

    /// <summary>struct nf_nat_range, nf_nat_range2.</summary>
    private static XtNat? Range(XtNatKind kind, in XtInfo info, int size) => info.IsOfFamily(size) && IsKnown(info.U32(0))
        ? Make(kind, (XtNatFlags)info.U32(0), info.Address(4), info.Address(20), (info.NetworkU16(36), info.NetworkU16(38), size == 44 ? info.NetworkU16(40) : (ushort)0))
        : null;

    private static bool IsKnown(uint flags) => flags <= 0x7f;

    private static XtNat Make(XtNatKind kind, XtNatFlags flags, IpAddr min, IpAddr max, (ushort Min, ushort Max, ushort Base) ports)
    {
        var addresses = flags.HasFlag(XtNatFlags.MapIps);
        var specified = flags.HasFlag(XtNatFlags.ProtoSpecified);
        return new XtNat
        {
            Kind = kind,
            Flags = flags,
            AddressMin = addresses ? min : null,
            AddressMax = addresses ? max : null,
            PortMin = specified ? ports.Min : null,
            PortMax = specified ? ports.Max : null,
            PortBase = flags.HasFlag(XtNatFlags.ProtoOffset) ? ports.Base : null,
        };
    }

    private static XtNpt Npt(in XtInfo info, bool destination) => new(destination, info.Address6(0), info[32], info.Address6(16), info[33]);
}
