// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>
/// A packet as the hooks see it. A property that is null is unknown: an expression that needs it is undecided, unless its answer makes
/// no difference. The network header has no options and no extension headers beside what <see cref="Fragment"/> says.
/// </summary>
public sealed record FilterPacket
{
    public required IpAddr Source { get; init; }

    /// <summary>Of the same family as <see cref="Source"/>.</summary>
    public required IpAddr Destination { get; init; }

    /// <summary>IPPROTO_*.</summary>
    public required byte Protocol { get; init; }

    /// <summary>Port of TCP, UDP, UDP-Lite, SCTP and DCCP.</summary>
    public ushort? SourcePort { get; init; }

    public ushort? DestinationPort { get; init; }

    public byte? IcmpType { get; init; }

    public byte? IcmpCode { get; init; }

    /// <summary>Identifier of an echo request or answer.</summary>
    public ushort? IcmpId { get; init; }

    /// <summary>FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128.</summary>
    public byte? TcpFlags { get; init; }

    /// <summary>Length of the whole IP packet in bytes, with its header.</summary>
    public int? Length { get; init; }

    /// <summary>TTL or hop limit, as it arrives; forwarding takes one off before the forward hook.</summary>
    public byte? HopLimit { get; init; }

    /// <summary>TOS or traffic class: DSCP in the upper six bits, ECN in the lower two.</summary>
    public byte? TrafficClass { get; init; }

    public FragmentPart? Fragment { get; init; } = FragmentPart.None;

    /// <summary>The mark the packet comes with (sk_buff.mark); 0 off the wire.</summary>
    public uint? Mark { get; init; } = 0;

    /// <summary>sk_buff.priority.</summary>
    public uint? Priority { get; init; } = 0;

    /// <summary>PACKET_*: 0 to us, 1 broadcast, 2 multicast, 3 to somebody else.</summary>
    public byte? PacketType { get; init; } = 0;

    /// <summary>What connection tracking says of it; null when nothing is known.</summary>
    public PacketConntrack? Conntrack { get; init; }

    /// <summary>The device it came in by; not looked at for packets made here.</summary>
    public PacketInterface? Input { get; init; }

    /// <summary>The device it leaves by; not looked at for packets that end here.</summary>
    public PacketInterface? Output { get; init; }

    /// <summary>The bridge port it came in by (br_netfilter); empty = not bridged.</summary>
    public string? BridgeInput { get; init; } = "";

    /// <summary>The bridge port it leaves by (br_netfilter); empty = not bridged.</summary>
    public string? BridgeOutput { get; init; } = "";

    /// <summary>The local socket that sent it, or will receive it; null when it is unknown.</summary>
    public PacketSocket? Socket { get; init; }

    /// <summary>An IPsec state decrypted it or will encrypt it.</summary>
    public bool? Ipsec { get; init; } = false;

    /// <summary>The Ethernet header; null when it is unknown.</summary>
    public PacketLinkLayer? LinkLayer { get; init; }

    /// <summary>The address family.</summary>
    public IpFamily Family => Source.Family;
}

/// <summary>Which part of a fragmented datagram a packet is. Where connections are tracked, fragments are put together before any rule sees them.</summary>
public enum FragmentPart
{
    /// <summary>A whole datagram.</summary>
    None,

    /// <summary>The first fragment: it has the transport header.</summary>
    First,

    /// <summary>A later fragment.</summary>
    Later,
}
