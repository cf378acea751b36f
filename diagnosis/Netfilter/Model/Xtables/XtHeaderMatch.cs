// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>What a legacy rule says of the IP header (struct ipt_ip, struct ip6t_ip6); null = does not look at it.</summary>
public sealed record XtHeaderMatch : Expression
{
    public XtAddress? Source { get; init; }

    public XtAddress? Destination { get; init; }

    public XtInterface? InputInterface { get; init; }

    public XtInterface? OutputInterface { get; init; }

    /// <summary>IPPROTO_*.</summary>
    public byte? Protocol { get; init; }

    public bool ProtocolInverted { get; init; }

    /// <summary>IPT_F_FRAG: second and further fragments only (or, inverted, only others); null when not looked at.</summary>
    public bool? Fragment { get; init; }
}

/// <summary>An address under a mask, which need not be a prefix.</summary>
/// <param name="Address">Address.</param>
/// <param name="Mask">Mask, as an address.</param>
/// <param name="Inverted">Everything else matches.</param>
public sealed record XtAddress(IpAddr Address, IpAddr Mask, bool Inverted = false);

/// <summary>A device name or the beginning of one.</summary>
/// <param name="Name">Name; the beginning of one when <paramref name="IsPrefix"/>.</param>
/// <param name="IsPrefix">Written with a + at its end.</param>
/// <param name="Inverted">Everything else matches.</param>
public sealed record XtInterface(string Name, bool IsPrefix = false, bool Inverted = false);
