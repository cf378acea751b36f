// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>Makes the packets that are walked.</summary>
internal static class SamplePacket
{
    private const byte Icmp = 1, Tcp = 6, Udp = 17, Icmp6 = 58;

    /// <summary>High ports that no service has by convention; which ones does not matter, only that rules for services do not fit.</summary>
    private const ushort Opener = 47011, Answerer = 47012;

    private const ushort EchoId = 0x4b57;
    private const byte Syn = 2, Ack = 16;
    private const byte Hops = 64;

    /// <summary>IPS_SEEN_REPLY, ASSURED, CONFIRMED, and both translations decided with nothing translated.</summary>
    private const uint Settled = 2 | 4 | 8 | 128 | 256;

    /// <summary>The protocols that are tried for each flow: ICMP echo, UDP, TCP. What stops all of them stops the tunnel's traffic.</summary>
    public static IReadOnlyList<byte> Protocols(IpFamily family) => [family == IpFamily.IPv4 ? Icmp : Icmp6, Udp, Tcp];

    /// <summary>A packet of one of them.</summary>
    /// <param name="protocol">IPPROTO_*.</param>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="state">What connection tracking takes it for.</param>
    /// <param name="port">The port of the side that answers; null = one that no service has.</param>
    public static FilterPacket Of(byte protocol, IpAddr source, IpAddr destination, WalkState state, ushort? port = null)
    {
        var service = port ?? Answerer;
        var opens = state != WalkState.Established;
        var packet = new FilterPacket { Source = source, Destination = destination, Protocol = protocol, HopLimit = Hops, TrafficClass = 0 };
        packet = protocol is Icmp or Icmp6
            ? packet with { IcmpType = (protocol, opens) switch { (Icmp, true) => 8, (Icmp, _) => 0, (_, true) => 128, _ => 129 }, IcmpCode = 0, IcmpId = EchoId, Length = 84 }
            : packet with
            {
                SourcePort = opens ? Opener : service,
                DestinationPort = opens ? service : Opener,
                TcpFlags = protocol == Tcp ? state == WalkState.New ? Syn : Ack : null,
                Length = 60,
            };
        return packet with { Conntrack = Connection(packet, state) };
    }

    /// <summary>WireGuard's own packet. Its DSCP differs between handshakes and data, so it is left open.</summary>
    public static FilterPacket Outer(IpEndpoint source, IpEndpoint destination, WalkState state)
    {
        var packet = new FilterPacket
        {
            Source = source.Address,
            Destination = destination.Address,
            Protocol = Udp,
            SourcePort = source.Port,
            DestinationPort = destination.Port,
            HopLimit = Hops,
            TrafficClass = null,
            Length = source.Address.Family == IpFamily.IPv4 ? 176 : 196,
        };
        return packet with { Conntrack = Connection(packet, state) };
    }

    /// <summary>ICMP "fragmentation needed", or ICMPv6 "packet too big".</summary>
    public static FilterPacket TooBig(IpAddr source, IpAddr destination) => new()
    {
        Source = source,
        Destination = destination,
        Protocol = source.Family == IpFamily.IPv4 ? Icmp : Icmp6,
        IcmpType = source.Family == IpFamily.IPv4 ? (byte)3 : (byte)2,
        IcmpCode = source.Family == IpFamily.IPv4 ? (byte)4 : (byte)0,
        HopLimit = Hops,
        TrafficClass = null,
        Length = 576,
        Conntrack = new PacketConntrack { State = ConntrackState.Related, Status = Settled, Reply = true },
    };

    /// <summary>A neighbour solicitation (135) or advertisement (136), which the kernel does not track.</summary>
    public static FilterPacket Neighbour(IpAddr source, IpAddr destination, byte type) => new()
    {
        Source = source,
        Destination = destination,
        Protocol = Icmp6,
        IcmpType = type,
        IcmpCode = 0,
        HopLimit = 255,
        TrafficClass = 0,
        Length = 72,
        Conntrack = new PacketConntrack { State = ConntrackState.Untracked },
    };

    public static ConntrackState StateOf(WalkState state) => state switch
    {
        WalkState.New => ConntrackState.New,
        WalkState.Established => ConntrackState.Established,
        WalkState.Related => ConntrackState.Related,
        WalkState.Invalid => ConntrackState.Invalid,
        _ => ConntrackState.Untracked,
    };

    // An answer belongs to a connection that nothing translates; what rules wrote on it (its mark) is not known.
    private static PacketConntrack Connection(FilterPacket packet, WalkState state) => state == WalkState.Established
        ? new PacketConntrack
        {
            State = ConntrackState.Established,
            Reply = true,
            Status = Settled,
            Original = new ConntrackTuple(packet.Destination, packet.Source, packet.DestinationPort ?? packet.IcmpId, packet.SourcePort ?? packet.IcmpId),
            Answer = new ConntrackTuple(packet.Source, packet.Destination, packet.SourcePort ?? packet.IcmpId, packet.DestinationPort ?? packet.IcmpId),
        }
        : new PacketConntrack { State = StateOf(state) };
}
