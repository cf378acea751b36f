// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Ports, flags and options of TCP (struct xt_tcp); null = does not look at it. Never matches a later fragment.</summary>
public sealed record XtTcp : Expression
{
    public XtPortRange? Source { get; init; }

    public XtPortRange? Destination { get; init; }

    /// <summary>Kind of a TCP option that must be there.</summary>
    public byte? Option { get; init; }

    public bool OptionInverted { get; init; }

    /// <summary>Bits of the 14th byte of the header that are looked at (FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128).</summary>
    public byte FlagsMask { get; init; }

    /// <summary>What those bits must be.</summary>
    public byte FlagsCompare { get; init; }

    public bool FlagsInverted { get; init; }
}

/// <summary>Ports of UDP or UDP-Lite (struct xt_udp); null = does not look at it.</summary>
public sealed record XtUdp : Expression
{
    /// <summary>The match <c>udplite</c>.</summary>
    public bool Lite { get; init; }

    public XtPortRange? Source { get; init; }

    public XtPortRange? Destination { get; init; }
}

/// <summary>A list of ports and port ranges (struct xt_multiport, xt_multiport_v1) of TCP, UDP, UDP-Lite, SCTP and DCCP.</summary>
/// <param name="Side">Which port is looked at; either one for <see cref="XtPortSide.Either"/>.</param>
/// <param name="Ports">Ports and ranges, at most 15 numbers in all.</param>
/// <param name="Inverted">None of them may be it.</param>
public sealed record XtMultiport(XtPortSide Side, IReadOnlyList<XtPortRange> Ports, bool Inverted = false) : Expression;

/// <summary>Type and code of ICMP or ICMPv6 (struct ipt_icmp, ip6t_icmp).</summary>
/// <param name="Version6">ICMPv6.</param>
/// <param name="Type">Type; 255 of ICMP with codes 0 to 255 is any type.</param>
/// <param name="CodeFrom">First code.</param>
/// <param name="CodeTo">Last code.</param>
/// <param name="Inverted">Everything else matches.</param>
public sealed record XtIcmp(bool Version6, byte Type, byte CodeFrom, byte CodeTo, bool Inverted = false) : Expression;

/// <summary>Value of the TCP option MSS (struct xt_tcpmss_match_info).</summary>
public sealed record XtTcpMss(ushort From, ushort To, bool Inverted = false) : Expression;

/// <summary>Ports and chunks of SCTP (struct xt_sctp_info); null = does not look at it.</summary>
public sealed record XtSctp : Expression
{
    public XtPortRange? Source { get; init; }

    public XtPortRange? Destination { get; init; }

    /// <summary>How the chunks are compared: 1 any, 2 all, 4 only (SCTP_CHUNK_MATCH_*); null = does not look at chunks.</summary>
    public uint? ChunkMatch { get; init; }

    public bool ChunksInverted { get; init; }

    /// <summary>Bitmap of 256 chunk types in words of 32 bits of native order.</summary>
    public HexBytes ChunkMap { get; init; }

    /// <summary>Flags that chunks of a type must have; at most 4.</summary>
    public IReadOnlyList<XtSctpChunkFlags> ChunkFlags { get; init; } = [];
}

/// <summary>Flags of a chunk type (struct xt_sctp_flag_info).</summary>
public sealed record XtSctpChunkFlags(byte ChunkType, byte Flags, byte Mask);

/// <summary>Ports, types and options of DCCP (struct xt_dccp_info); null = does not look at it.</summary>
public sealed record XtDccp : Expression
{
    public XtPortRange? Source { get; init; }

    public XtPortRange? Destination { get; init; }

    /// <summary>Bit N = packet type N matches.</summary>
    public ushort? TypeMask { get; init; }

    public bool TypesInverted { get; init; }

    /// <summary>Option that must be there.</summary>
    public byte? Option { get; init; }

    public bool OptionInverted { get; init; }
}
