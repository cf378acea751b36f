// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Peers;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>What is wrong with a node of a synthetic mesh.</summary>
public enum SyntheticFaultKind
{
    /// <summary>The node has no entry for the other one.</summary>
    PeerMissing,

    /// <summary>The node sends to a wrong port of the other one.</summary>
    WrongPort,

    /// <summary>Nothing gets from the node to the other one or back.</summary>
    NoHandshake,

    /// <summary>The node does not forward IPv4.</summary>
    ForwardingOff,

    /// <summary>The node's device is down.</summary>
    DeviceDown,
}

/// <summary>One fault.</summary>
/// <param name="Kind">What.</param>
/// <param name="Node">Number of the node at fault.</param>
/// <param name="Other">Number of the node at the other end; -1 for faults that have none.</param>
public sealed record SyntheticFault(SyntheticFaultKind Kind, int Node, int Other = -1)
{
    /// <summary>Code of the root cause that has to be found at the node.</summary>
    public string Code => Kind switch
    {
        SyntheticFaultKind.PeerMissing => "WG-PEER-MISSING",
        SyntheticFaultKind.WrongPort => "WG-ENDPOINT-WRONG-PORT",
        SyntheticFaultKind.NoHandshake => "WG-UDP-BLOCKED-PATH",
        SyntheticFaultKind.ForwardingOff => "WG-FORWARDING-DISABLED",
        _ => "WG-IFACE-DOWN",
    };
}

/// <summary>
/// The facts of a full mesh of up to 65,000 nodes (pod network 10.x.y.0/24 each, one cluster route), node by node: as they were read, with every peer, or as
/// a probe sends them. The latter costs no more than a look at each key, so that thousands of nodes can be had. Uses public types alone.
/// </summary>
public sealed class SyntheticMesh
{
    private const ushort Port = 51820;
    private const int Uplink = 2;
    private const int Tunnel = 3;
    private const int Bridge = 4;
    private const int FirstPod = 5;
    private const int TroubleLimit = 128;
    private const int TroubleSample = 64;

    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string[] _keys;
    private readonly ulong[] _hashes;
    private readonly ulong[] _entries;
    private readonly PeerSketch _allKeys = new();
    private readonly PeerSketch _allEntries = new();
    private readonly IReadOnlyList<SyntheticFault> _faults;
    private readonly int _pods;

    /// <summary>Makes a mesh.</summary>
    /// <param name="nodes">Number of nodes.</param>
    /// <param name="faults">What is wrong.</param>
    /// <param name="pods">Pods of each node.</param>
    public SyntheticMesh(int nodes, IReadOnlyList<SyntheticFault>? faults = null, int pods = 8)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nodes, 65_000);
        Count = nodes;
        _faults = faults ?? [];
        _pods = pods;
        _keys = [.. Enumerable.Range(0, nodes).Select(i => Convert.ToBase64String(SHA256.HashData(BitConverter.GetBytes(i))))];
        _hashes = [.. _keys.Select(PeerHash.OfKey)];
        _entries = [.. _keys.Select((key, i) => PeerHash.OfEntry(key, [PodNetwork(i)]))];
        foreach (var hash in _hashes) _allKeys.Add(hash);
        foreach (var hash in _entries) _allEntries.Add(hash);
    }

    /// <summary>Number of nodes.</summary>
    public int Count { get; }

    /// <summary>Name of a node.</summary>
    public static string Name(int node) => $"node-{node:00000}";

    /// <summary>All that was read on the node.</summary>
    public NodeFacts Full(int node) => Facts(node, [.. Others(node)], digest: null);

    /// <summary>What the probe of the node sends: with a digest when it has many peers.</summary>
    public NodeFacts AsSent(int node, int threshold = PeerDigester.Threshold)
    {
        var lacks = _faults.Where(fault => fault.Kind == SyntheticFaultKind.PeerMissing && fault.Node == node).Select(fault => fault.Other).Distinct().ToList();
        var peers = Count - 1 - lacks.Count;
        if (peers <= threshold) return Full(node);
        var trouble = IsDown(node) ? [.. Others(node)] : _faults.Select(fault => Far(fault, node)).Where(far => far >= 0 && far != node && !lacks.Contains(far)).Distinct().ToList();
        var listed = new SortedSet<int>(trouble.Count <= TroubleLimit ? trouble : trouble.OrderBy(other => _hashes[other]).Take(TroubleSample));
        for (var other = 0; other < Count; other++)
        {
            if (other != node && PeerHash.IsSampled(_hashes[node], _hashes[other], peers) && !lacks.Contains(other)) listed.Add(other);
        }

        var (keys, entries) = (new PeerSketch(_allKeys), new PeerSketch(_allEntries));
        foreach (var other in listed.Concat(lacks).Append(node))
        {
            keys.Remove(_hashes[other]);
            entries.Remove(_entries[other]);
        }

        var broken = trouble.Count(other => !listed.Contains(other));
        return Facts(node, [.. listed], new PeerDigest
        {
            Healthy = peers - listed.Count - broken,
            Broken = broken,
            Keys = keys.ToBytes(),
            Entries = entries.ToBytes(),
        });
    }

    private IEnumerable<int> Others(int node) => Enumerable.Range(0, Count).Where(other => other != node
        && !_faults.Any(fault => fault.Kind == SyntheticFaultKind.PeerMissing && fault.Node == node && fault.Other == other));

    private bool IsDown(int node) => _faults.Any(fault => fault.Kind == SyntheticFaultKind.DeviceDown && fault.Node == node);

    /// <summary>The node at the other end of a tunnel of this node that the fault breaks; -1 when it breaks none.</summary>
    private static int Far(SyntheticFault fault, int node) => fault.Kind switch
    {
        SyntheticFaultKind.ForwardingOff => -1,
        SyntheticFaultKind.DeviceDown => fault.Node,
        _ => fault.Node == node ? fault.Other : fault.Other == node ? fault.Node : -1,
    };

    private WireGuardPeerFact Peer(int node, int other)
    {
        var down = IsDown(node);
        var broken = down || _faults.Any(fault => Far(fault, node) == other);
        var wrong = _faults.Any(fault => fault.Kind == SyntheticFaultKind.WrongPort && fault.Node == node && fault.Other == other);
        return new WireGuardPeerFact
        {
            PublicKey = _keys[other],
            Endpoint = new IpEndpoint(Outer(other), wrong ? (ushort)40000 : Port),
            PersistentKeepalive = 25,
            LastHandshake = At.AddSeconds(broken ? -900 : -(20 + ((node + other) % 100))),
            Received = new Counter(500_000 + (ulong)other, broken ? 0u : 32u),
            Sent = new Counter(600_000 + (ulong)node, broken ? down ? 0u : 444u : 32u),
            AllowedIps = [PodNetwork(other)],
        };
    }

    private NodeFacts Facts(int node, IReadOnlyList<int> listed, PeerDigest? digest)
    {
        var lookups = listed.SelectMany(other => new[] { EndpointLookup(other), PodLookup(node, other) }).ToList();
        // Of unlisted peers one lookup of each purpose stays: of the first peer, which is the one of the lowest number here.
        if (digest is not null && listed.Count > 0)
        {
            var first = Others(node).First();
            if (listed[0] != first) lookups.InsertRange(0, [EndpointLookup(first), PodLookup(node, first)]);
        }

        var device = new WireGuardDeviceFact
        {
            Name = "wg-pods",
            Implementation = WireGuardImplementation.Kernel,
            PublicKey = _keys[node],
            ListenPort = Port,
            Peers = [.. listed.Select(other => Peer(node, other)).OrderBy(peer => digest is null ? "" : peer.PublicKey, StringComparer.Ordinal)],
            OmittedPeers = digest is null ? 0 : Count - 1 - listed.Count - _faults.Where(fault => fault.Kind == SyntheticFaultKind.PeerMissing && fault.Node == node).Select(fault => fault.Other).Distinct().Count(),
            Digest = digest,
        };
        return new NodeFacts
        {
            Node = Name(node),
            At = At,
            ObservedSeconds = 8,
            KernelRelease = "6.12.0",
            Namespaces =
            [
                new NamespaceFacts
                {
                    Id = "net:[4026531840]",
                    Name = "host",
                    Links = Read<IReadOnlyList<LinkFact>>(Links(node)),
                    Addresses = Read<IReadOnlyList<AddressFact>>(
                    [
                        new AddressFact { Link = Uplink, Address = Outer(node), PrefixLength = 12 },
                        new AddressFact { Link = Tunnel, Address = PodNetwork(node).Network, PrefixLength = 32 },
                        new AddressFact { Link = Bridge, Address = IpAddr.FromBits(IpFamily.IPv4, PodNetwork(node).Network.Bits + 1), PrefixLength = 24 },
                    ]),
                    Routes = Read<IReadOnlyList<RouteFact>>(Routes(node)),
                    Rules = Read<IReadOnlyList<RuleFact>>(
                    [
                        new RuleFact { Family = IpFamily.IPv4, Priority = 0, Action = 1, Table = 255 },
                        new RuleFact { Family = IpFamily.IPv4, Priority = 32766, Action = 1, Table = 254 },
                    ]),
                    Neighbours = Read<IReadOnlyList<NeighbourFact>>([]),
                    Sysctls = Read<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>
                    {
                        ["net.ipv4.ip_forward"] = _faults.Any(fault => fault.Kind == SyntheticFaultKind.ForwardingOff && fault.Node == node) ? 0 : 1,
                        ["net.ipv6.conf.all.forwarding"] = 0,
                    }),
                    ProtocolCounters = Read<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter> { ["Ip.InAddrErrors"] = new(3, 0) }),
                    KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([device]),
                    UserspaceWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([]),
                    RouteLookups = Read<IReadOnlyList<RouteLookupFact>>(lookups),
                },
            ],
        };
    }

    private List<LinkFact> Links(int node)
    {
        var counters = new LinkCounters { RxPackets = new(9000, 10), TxPackets = new(9000, 10), RxBytes = new(900_000, 320), TxBytes = new(900_000, 320) };
        return
        [
            new LinkFact { Index = 1, Name = "lo", Loopback = true, Up = true, Mtu = 65536 },
            new LinkFact { Index = Uplink, Name = "eth0", Up = true, LowerUp = true, Mtu = 1500, Counters = counters },
            new LinkFact { Index = Tunnel, Name = "wg-pods", Kind = "wireguard", Up = !IsDown(node), LowerUp = !IsDown(node), Mtu = 1420, Counters = counters },
            new LinkFact { Index = Bridge, Name = "cni0", Kind = "bridge", Up = true, LowerUp = true, Mtu = 1420, Counters = counters },
            .. Enumerable.Range(0, _pods).Select(pod => new LinkFact { Index = FirstPod + pod, Name = $"veth{(node * 31) + pod:x8}", Kind = "veth", Up = true, LowerUp = true, Mtu = 1420, Master = Bridge }),
        ];
    }

    private List<RouteFact> Routes(int node)
    {
        var gateway = IpAddr.Parse("172.16.0.1");
        List<RouteFact> routes =
        [
            Route(IpPrefix.Default(IpFamily.IPv4), Uplink, gateway),
            Route(IpPrefix.Parse("172.16.0.0/12"), Uplink) with { Protocol = 2 },
            Route(PodNetwork(node), Bridge) with { Protocol = 2 },
        ];
        if (!IsDown(node)) routes.Add(Route(IpPrefix.Parse("10.0.0.0/8"), Tunnel));
        return routes;
    }

    private static RouteFact Route(IpPrefix destination, int link, IpAddr? gateway = null) =>
        new() { Destination = destination, Table = 254, Type = RouteType.Unicast, Protocol = 3, NextHops = [new NextHopFact(link, gateway)] };

    private static RouteLookupFact EndpointLookup(int other) => new()
    {
        Purpose = RouteLookupPurpose.Endpoint,
        Device = "wg-pods",
        Destination = Outer(other),
        Type = RouteType.Unicast,
        Link = Uplink,
        Table = 254,
    };

    private RouteLookupFact PodLookup(int node, int other)
    {
        var down = IsDown(node);
        return new RouteLookupFact
        {
            Purpose = RouteLookupPurpose.AllowedIp,
            Device = "wg-pods",
            Destination = IpAddr.FromBits(IpFamily.IPv4, PodNetwork(other).Network.Bits + 1),
            Prefix = PodNetwork(other),
            Type = RouteType.Unicast,
            Link = down ? Uplink : Tunnel,
            Gateway = down ? IpAddr.Parse("172.16.0.1") : null,
            Source = down ? Outer(node) : PodNetwork(node).Network,
            Table = 254,
        };
    }

    private static IpAddr Outer(int node) => IpAddr.FromBits(IpFamily.IPv4, 0xAC100000u + 10 + (uint)node);

    private static IpPrefix PodNetwork(int node) =>
        IpPrefix.TryCreate(IpAddr.FromBits(IpFamily.IPv4, 0x0A000000u + ((uint)node << 8)), 24, out var prefix) ? prefix : throw new InvalidOperationException();

    private static Fact<T> Read<T>(T value)
        where T : class => new() { Source = "synthetic", At = At, Value = value };
}
