// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Scale.Mesh;

/// <summary>The facts that a probe would read on a node of the mesh, whole: every peer with its counters, and the kernel's answer for each.</summary>
internal sealed class NodeState(MeshPlan plan)
{
    private const int Eth = 2;
    private const int Wg = 3;
    private const int Bridge = 4;
    private const int PingsPerPeer = 10;

    /// <summary>A ping of 84 bytes, padded to 96 and with 32 bytes of data header and tag.</summary>
    private const ulong PingBytes = 128;

    /// <summary>The facts of one node.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="at">End of its observation.</param>
    public NodeFacts Facts(int node, DateTimeOffset at) => new()
    {
        Node = MeshPlan.Name(node),
        At = at,
        ObservedSeconds = 8,
        KernelRelease = "6.12.0",
        Namespaces =
        [
            new NamespaceFacts
            {
                Id = "net:[4026531840]",
                Name = "host",
                Links = Read<IReadOnlyList<LinkFact>>("netlink RTM_GETLINK", at, Links()),
                Addresses = Read<IReadOnlyList<AddressFact>>("netlink RTM_GETADDR", at, Addresses(node)),
                Routes = Read<IReadOnlyList<RouteFact>>("netlink RTM_GETROUTE", at, Routes(node)),
                Rules = Read<IReadOnlyList<RuleFact>>("netlink RTM_GETRULE", at, Rules()),
                Neighbours = Read<IReadOnlyList<NeighbourFact>>("netlink RTM_GETNEIGH", at, []),
                Sysctls = Read<IReadOnlyDictionary<string, long>>("/proc/sys", at, Sysctls(node)),
                ProtocolCounters = Read<IReadOnlyDictionary<string, Counter>>("/proc/net/snmp", at, Counters(node)),
                KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>("genetlink wireguard", at, [DeviceOf(node, at)]),
                UserspaceWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>("/var/run/wireguard", at, []),
                RouteLookups = Read<IReadOnlyList<RouteLookupFact>>("netlink RTM_GETROUTE", at, Lookups(node)),
            },
        ],
    };

    private static Fact<T> Read<T>(string source, DateTimeOffset at, T value)
        where T : class => new() { Source = source, At = at, DurationMs = 1, Value = value };

    private IReadOnlyList<int> Peers(int node)
    {
        var others = Enumerable.Range(0, plan.Count).Where(other => other != node);
        return [.. plan.Faults.WithoutPeer.Node == node ? others.Where(other => other != plan.Faults.WithoutPeer.Other) : others];
    }

    private WireGuardDeviceFact DeviceOf(int node, DateTimeOffset at) => new()
    {
        Name = MeshPlan.Device,
        Implementation = WireGuardImplementation.Kernel,
        PublicKey = plan.Key(node),
        ListenPort = MeshPlan.Port,
        Peers = [.. Peers(node).Select(other => Peer(node, other, at))],
    };

    private WireGuardPeerFact Peer(int node, int other, DateTimeOffset at)
    {
        var unheard = plan.Faults.WithoutPeer == (other, node);
        return new WireGuardPeerFact
        {
            PublicKey = plan.Key(other),
            Endpoint = new IpEndpoint(MeshPlan.Underlay(other), MeshPlan.Port),
            LastHandshake = at.AddSeconds(-(30 + ((node + other) % 60))),
            Sent = new Counter(148 + (PingsPerPeer * PingBytes), PingsPerPeer * PingBytes),
            Received = unheard ? new Counter(500, 0) : new Counter(92 + (PingsPerPeer * PingBytes), PingsPerPeer * PingBytes),
            AllowedIps = plan.Faults.WithoutPrefix == (node, other) ? [] : [MeshPlan.Pods(other)],
        };
    }

    private LinkFact[] Links() =>
    [
        new() { Index = 1, Name = "lo", Loopback = true, Up = true, LowerUp = true, Mtu = 65536 },
        new() { Index = Eth, Name = "eth0", Up = true, LowerUp = true, Mtu = 1500, Counters = Moved(0) },
        new() { Index = Wg, Name = MeshPlan.Device, Kind = "wireguard", Up = true, LowerUp = true, Mtu = 1420, Counters = Moved((ulong)plan.Count * PingsPerPeer) },
        new() { Index = Bridge, Name = "cni0", Kind = "bridge", Up = true, LowerUp = true, Mtu = 1420, Counters = Moved(0) },
        new() { Index = Bridge + 1, Name = "veth0", Kind = "veth", Up = true, LowerUp = true, Mtu = 1420, Master = Bridge, Counters = Moved(0) },
    ];

    private static LinkCounters Moved(ulong packets) => new()
    {
        RxPackets = new(1000 + packets, packets),
        TxPackets = new(1000 + packets, packets),
        RxBytes = new(84_000 + (packets * 84), packets * 84),
        TxBytes = new(84_000 + (packets * 84), packets * 84),
        RxErrors = new(0, 0),
        TxErrors = new(0, 0),
        RxFrameErrors = new(0, 0),
        RxLengthErrors = new(0, 0),
        RxDropped = new(0, 0),
        TxDropped = new(0, 0),
    };

    private static AddressFact[] Addresses(int node) =>
    [
        new() { Link = Eth, Address = MeshPlan.Underlay(node), PrefixLength = 12 },
        new() { Link = Wg, Address = MeshPlan.Pod(node, 0), PrefixLength = 32 },
        new() { Link = Bridge, Address = MeshPlan.Pod(node, 1), PrefixLength = 24 },
    ];

    private static RouteFact[] Routes(int node) =>
    [
        Route("0.0.0.0/0", Eth, via: IpAddr.Parse("172.16.0.1"), protocol: 3),
        Route("172.16.0.0/12", Eth, via: null, protocol: 2),
        Route("10.0.0.0/8", Wg, via: null, protocol: 3),
        Route(MeshPlan.Pods(node).ToString(), Bridge, via: null, protocol: 2),
        Local(MeshPlan.Underlay(node), Eth),
        Local(MeshPlan.Pod(node, 0), Wg),
        Local(MeshPlan.Pod(node, 1), Bridge),
    ];

    private static RouteFact Route(string destination, int link, IpAddr? via, byte protocol) =>
        new() { Destination = IpPrefix.Parse(destination), Table = 254, Type = RouteType.Unicast, Protocol = protocol, NextHops = [new(link, via)] };

    private static RouteFact Local(IpAddr address, int link) =>
        new() { Destination = IpPrefix.Host(address), Table = 255, Type = RouteType.Local, Protocol = 2, NextHops = [new(link)] };

    private static RuleFact[] Rules() =>
    [
        new() { Family = IpFamily.IPv4, Priority = 0, Action = 1, Table = 255 },
        new() { Family = IpFamily.IPv4, Priority = 32766, Action = 1, Table = 254 },
    ];

    private Dictionary<string, long> Sysctls(int node) => new(StringComparer.Ordinal)
    {
        ["net.ipv4.ip_forward"] = plan.Faults.NotForwarding.Contains(node) ? 0 : 1,
        ["net.ipv4.conf.all.rp_filter"] = 0,
    };

    private Dictionary<string, Counter> Counters(int node) => new(StringComparer.Ordinal)
    {
        ["Ip.InAddrErrors"] = plan.Faults.NotForwarding.Contains(node) ? new(30, 30) : new(0, 0),
    };

    private List<RouteLookupFact> Lookups(int node)
    {
        var lookups = new List<RouteLookupFact>(2 * plan.Count);
        foreach (var other in Peers(node))
        {
            lookups.Add(Lookup(RouteLookupPurpose.Endpoint, MeshPlan.Underlay(other), null, Eth, MeshPlan.Underlay(node)));
            if (plan.Faults.WithoutPrefix != (node, other))
                lookups.Add(Lookup(RouteLookupPurpose.AllowedIp, MeshPlan.Pod(other, 1), MeshPlan.Pods(other), Wg, MeshPlan.Pod(node, 0)));
        }

        return lookups;
    }

    private static RouteLookupFact Lookup(RouteLookupPurpose purpose, IpAddr destination, IpPrefix? prefix, int link, IpAddr source) => new()
    {
        Purpose = purpose,
        Device = MeshPlan.Device,
        Destination = destination,
        Prefix = prefix,
        Type = RouteType.Unicast,
        Link = link,
        Source = source,
        Table = 254,
    };
}
