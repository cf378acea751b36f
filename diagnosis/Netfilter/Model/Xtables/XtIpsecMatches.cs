// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>SPI of an AH header of IPv4 (struct ipt_ah) or, with <c>Version6</c>, IPv6 (struct ip6t_ah).</summary>
/// <param name="Spi">SPIs.</param>
/// <param name="Version6">In an IPv6 extension header.</param>
/// <param name="HeaderLength">Length of the header in bytes; 0 = any.</param>
/// <param name="HeaderLengthInverted">Any other length.</param>
/// <param name="ReservedZero">The reserved field must be 0.</param>
public sealed record XtAh(XtRange Spi, bool Version6 = false, uint HeaderLength = 0, bool HeaderLengthInverted = false, bool ReservedZero = false) : Expression;

/// <summary>SPI of an ESP header (struct xt_esp).</summary>
public sealed record XtEsp(XtRange Spi) : Expression;

/// <summary>CPI of an IPComp header (struct xt_ipcomp).</summary>
public sealed record XtIpcomp(XtRange Cpi, bool ReservedZero = false) : Expression;

/// <summary>IPsec policy of the packet (struct xt_policy_info).</summary>
public sealed record XtPolicy : Expression
{
    /// <summary>XT_POLICY_MATCH_*: 1 in, 2 out, 4 none, 8 strict.</summary>
    public ushort Flags { get; init; }

    public IReadOnlyList<XtPolicyElement> Elements { get; init; } = [];
}

/// <summary>A transformation of <see cref="XtPolicy"/>; null = does not look at it.</summary>
public sealed record XtPolicyElement
{
    public XtAddress? Source { get; init; }

    public XtAddress? Destination { get; init; }

    public byte? Protocol { get; init; }

    public bool ProtocolInverted { get; init; }

    /// <summary>0 transport, 1 tunnel.</summary>
    public byte? Mode { get; init; }

    public bool ModeInverted { get; init; }

    /// <summary>As the kernel compares it, in network order; iptables writes it the other way around.</summary>
    public uint? Spi { get; init; }

    public bool SpiInverted { get; init; }

    public uint? ReqId { get; init; }

    public bool ReqIdInverted { get; init; }
}

/// <summary>Translates the prefix of an IPv6 address without state (struct ip6t_npt_tginfo).</summary>
/// <param name="Destination">DNPT, otherwise SNPT.</param>
/// <param name="From">Prefix that is replaced.</param>
/// <param name="FromLength">Its length in bits.</param>
/// <param name="To">Prefix that replaces it.</param>
/// <param name="ToLength">Its length in bits.</param>
public sealed record XtNpt(bool Destination, IpAddr From, byte FromLength, IpAddr To, byte ToLength) : Expression;
