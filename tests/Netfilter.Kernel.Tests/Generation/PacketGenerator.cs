// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Netfilter.Kernel.Tests.Lab;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Generation;

/// <summary>Random packets, of few values so that rules match often; each with a connection of its own.</summary>
internal sealed class PacketGenerator(RouterLab lab, Random random, PacketPool? pool = null)
{
    private const byte Syn = 2, Ack = 16;

    private int _number;

    /// <summary>Addresses behind in0, by family.</summary>
    public static readonly string[] Senders4 = ["10.1.0.2", "10.1.0.3", "192.168.7.9", "192.168.1.1"], Senders6 = ["fd00:1::2", "fd00:1::3", "fd01::7"];

    /// <summary>Addresses behind out0.</summary>
    public static readonly string[] Receivers4 = ["10.2.0.2", "10.2.0.3", "10.3.4.5", "172.16.9.1", "203.0.113.9"], Receivers6 = ["fd00:2::2", "fd00:2::3", "fd00:3::5", "2001:db8::9"];

    /// <summary>The router's own.</summary>
    public static readonly string[] Own4 = ["10.1.0.1", "10.2.0.1", "10.1.0.129"], Own6 = ["fd00:1::1", "fd00:2::1"];

    public static readonly ushort[] Ports = [22, 53, 80, 443, 8080, 30080, 51820];

    public static readonly byte[] TrafficClasses = [0, 8, 16, 0x2e << 2, 0x10 << 2 | 1];

    /// <summary>Lines for conntrack --load-file that make the connections of established packets.</summary>
    public List<string> Connections { get; } = [];

    public TestPacket Next(bool withConnections = true)
    {
        _number++;
        var ipv4 = pool?.Ipv4Only == true || random.Next(2) == 0;
        var path = random.Next(10) switch { < 5 => PacketPath.Forward, < 8 => PacketPath.Input, _ => PacketPath.Output };
        var fromFar = path != PacketPath.Output && random.Next(4) == 0;
        var (near, far, own) = ipv4 ? (pool?.Near ?? Senders4, pool?.Far ?? Receivers4, Own4) : (Senders6, Receivers6, Own6);
        var ports = pool?.Ports ?? Ports;
        var source = Pick(path == PacketPath.Output ? own : fromFar ? far : near);
        var destination = Pick(path == PacketPath.Input ? own : path == PacketPath.Output ? (random.Next(2) == 0 ? near : far) : fromFar ? near : far);
        var protocol = (byte)(random.Next(8) switch { 0 => ipv4 ? 1 : 58, < 4 => 17, _ => 6 });
        var established = withConnections && random.Next(4) == 0;
        var packet = new FilterPacket
        {
            Source = IpAddr.Parse(source),
            Destination = IpAddr.Parse(destination),
            Protocol = protocol,
            // Each packet its own source port: nobody else's connection and no clash in NAT.
            SourcePort = protocol is 6 or 17 ? (ushort)(1024 + _number % 60000) : null,
            DestinationPort = protocol is 6 or 17 ? ports[random.Next(ports.Length)] : null,
            IcmpType = protocol == 1 ? (byte)8 : protocol == 58 ? (byte)128 : null,
            IcmpCode = protocol is 1 or 58 ? (byte)0 : null,
            IcmpId = protocol is 1 or 58 ? (ushort)(_number % 65535) : null,
            TcpFlags = protocol == 6 ? established ? Ack : Syn : null,
            HopLimit = (byte)(random.Next(2) == 0 ? 64 : 32),
            TrafficClass = TrafficClasses[random.Next(TrafficClasses.Length)],
            Mark = path == PacketPath.Output && random.Next(2) == 0 ? (uint)random.Next(1, 4) : 0,
            // A raw socket's packets have the priority of their TOS only where the socket set it.
            Priority = 0,
            Input = path == PacketPath.Output ? null : lab.Device(fromFar ? lab.FarName : lab.Near),
            Socket = path == PacketPath.Output ? new PacketSocket { UserId = 0, GroupId = 0 } : null,
            LinkLayer = path == PacketPath.Output ? null : Ethernet(fromFar),
            Conntrack = established ? Connection(source, destination, protocol) : new PacketConntrack { State = ConntrackState.New },
        };
        if (established) packet = Establish(packet);
        if (path == PacketPath.Output) packet = packet with { Output = Leaves(packet) };
        return new TestPacket(_number, path, packet, random.Next(3) * 100);
    }

    private static PacketLinkLayer Ethernet(bool fromFar)
    {
        byte side = fromFar ? (byte)2 : (byte)1;
        return new PacketLinkLayer(new(new byte[] { 2, 0, 0, 0, side, 2 }), new(new byte[] { 2, 0, 0, 0, side, 1 }));
    }

    private PacketInterface Leaves(FilterPacket packet)
    {
        var answer = lab.Environment.Route(new RouteQuestion(packet.Destination, packet.Source, packet.Mark))!;
        return lab.Device(answer.Device!.Name!);
    }

    /// <summary>ICMP has no established packets here: an echo request is new until it was answered.</summary>
    private PacketConntrack Connection(string source, string destination, byte protocol) => new()
    {
        State = ConntrackState.Established,
        Mark = (uint)random.Next(0, 3),
        Status = 14,
        Reply = random.Next(2) == 0,
    };

    private FilterPacket Establish(FilterPacket packet)
    {
        if (packet.SourcePort is not { } sourcePort || packet.DestinationPort is not { } destinationPort) return packet with { Conntrack = new PacketConntrack { State = ConntrackState.New } };
        var there = new ConntrackTuple(packet.Source, packet.Destination, sourcePort, destinationPort);
        var back = new ConntrackTuple(packet.Destination, packet.Source, destinationPort, sourcePort);
        var reply = packet.Conntrack!.Reply == true;
        var original = reply ? back : there;
        var state = packet.Protocol == 6 ? "--state ESTABLISHED " : "";
        Connections.Add(
            $"-I -p {(packet.Protocol == 6 ? "tcp" : "udp")} -s {original.Source} -d {original.Destination} --sport {original.SourcePort} --dport {original.DestinationPort} " +
            $"{state}-t 100 -u SEEN_REPLY,ASSURED --mark {packet.Conntrack.Mark}");
        return packet with { Conntrack = packet.Conntrack with { Original = original, Answer = reply ? there : back } };
    }

    private string Pick(string[] values) => values[random.Next(values.Length)];
}

/// <summary>Addresses and ports to choose from instead of the usual ones.</summary>
internal sealed record PacketPool(string[] Near, string[] Far, ushort[] Ports, bool Ipv4Only);
