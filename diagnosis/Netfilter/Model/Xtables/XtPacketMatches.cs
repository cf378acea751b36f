// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Always matches (struct xt_comment_info).</summary>
public sealed record XtComment(string Comment) : Expression;

/// <summary>(Packet mark &amp; mask) == mark (struct xt_mark_mtinfo1).</summary>
public sealed record XtMark(uint Mark, uint Mask, bool Inverted = false) : Expression;

/// <summary>Length of the packet from the IP header on (struct xt_length_info). IPv6: payload length plus 40.</summary>
public sealed record XtLength(ushort From, ushort To, bool Inverted = false) : Expression;

/// <summary>PACKET_* of linux/if_packet.h: 0 unicast, 1 broadcast, 2 multicast (struct xt_pkttype_info).</summary>
public sealed record XtPktType(int Type, bool Inverted = false) : Expression;

/// <summary>The upper six bits of the TOS byte or traffic class, shifted right by two (struct xt_dscp_info).</summary>
public sealed record XtDscp(byte Dscp, bool Inverted = false) : Expression;

/// <summary>(TOS byte or traffic class &amp; mask) == value (struct xt_tos_match_info).</summary>
public sealed record XtTos(byte Value, byte Mask, bool Inverted = false) : Expression;

/// <summary>
/// ECN bits (struct xt_ecn_info). <c>Operation</c>: 1 the two bits of the IP header are <c>IpEct</c>, 0x10 ECE of TCP is set, 0x20 CWR of TCP is set;
/// the same bits in <c>Inverted</c> turn each of them around.
/// </summary>
public sealed record XtEcn(byte Operation, byte Inverted, byte IpEct) : Expression;

/// <summary>TTL of IPv4 or, with <c>HopLimit</c>, hop limit of IPv6 (struct ipt_ttl_info, ip6t_hl_info).</summary>
public sealed record XtTtl(XtComparison Comparison, byte Value, bool HopLimit = false) : Expression;

/// <summary>Source MAC address, 6 bytes (struct xt_mac_info).</summary>
public sealed record XtMac(HexBytes Source, bool Inverted = false) : Expression;

/// <summary>(Routing realm &amp; mask) == id (struct xt_realm_info).</summary>
public sealed record XtRealm(uint Id, uint Mask, bool Inverted = false) : Expression;

/// <summary>Number of the CPU that handles the packet (struct xt_cpu_info).</summary>
public sealed record XtCpu(uint Cpu, bool Inverted = false) : Expression;

/// <summary>Bytes anywhere in the packet (struct xt_string_info).</summary>
public sealed record XtString : Expression
{
    public required HexBytes Pattern { get; init; }

    /// <summary><c>bm</c>, <c>kmp</c> or <c>fsm</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Where the search begins, counted from the IP header.</summary>
    public ushort From { get; init; }

    /// <summary>Where a match must have begun.</summary>
    public ushort To { get; init; }

    public bool IgnoreCase { get; init; }

    public bool Inverted { get; init; }
}

/// <summary>Numbers at computed offsets (struct xt_u32): every test must be true; offsets count from the IP header.</summary>
public sealed record XtU32(IReadOnlyList<XtU32Test> Tests, bool Inverted = false) : Expression;

/// <summary>One test of <see cref="XtU32"/>: the word found must be in one of the ranges.</summary>
public sealed record XtU32Test(IReadOnlyList<XtU32Location> Locations, IReadOnlyList<XtRange> Values);

/// <summary>A step of finding the word. The first has the offset; then 0 AND, 1 shift left, 2 shift right, 3 move the base by the word and add the number.</summary>
public sealed record XtU32Location(byte Operator, uint Number);

/// <summary>A classic BPF program (8 bytes for each instruction), or the path of a pinned program (struct xt_bpf_info, xt_bpf_info_v1).</summary>
public sealed record XtBpf(HexBytes? Program = null, string? PinnedPath = null) : Expression;
