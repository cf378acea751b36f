// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Paths;
using KubeWgDiag.Diagnosis.Tests.Walking;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.Diagnosis.Walking.Paths;
using KubeWgDiag.Diagnosis.Walking.Samples;

namespace KubeWgDiag.Diagnosis.Tests.Paths;

/// <summary>Two nodes with a tunnel between them and a pod on each; a path from the first pod to the second one is walked on both and judged.</summary>
internal sealed class PathScene
{
    public const string Name = "web-to-db";

    private readonly bool _v6;

    public PathScene(bool v6 = false)
    {
        _v6 = v6;
        A = new PathNode("a", 1, v6);
        B = new PathNode("b", 2, v6);
        A.Knows(B);
        B.Knows(A);
        Question = new PathQuestion { Name = Name, From = [A.PodAddress], To = B.PodAddress, Protocol = 6, Port = 5432 };
    }

    public PathNode A { get; }

    public PathNode B { get; }

    public PathQuestion Question { get; set; }

    /// <summary>What is known of the path beside what nodes tell; null = nothing.</summary>
    public AskedPath? Asked { get; set; }

    public IpAddr Address(string v4, string v6) => IpAddr.Parse(_v6 ? v6 : v4);

    public DiagnosisReport Report(params PathNode[] nodes) => DiagnosisEngine.Diagnose(
        new DiagnosisInput([.. (nodes.Length == 0 ? [A, B] : nodes).Select(node => node.Facts(Question))], new Thresholds()) { Paths = Asked is null ? null : [Asked] });

    public (PathResult Request, PathResult Reply) Judge(params PathNode[] nodes)
    {
        var paths = Report(nodes).Paths;
        paths.Count.ShouldBe(2);
        return (paths[0], paths[1]);
    }
}

/// <summary>A node of such a scene.</summary>
internal sealed class PathNode
{
    private const int Uplink = 2, Bridge = 3, Port = 4, Tunnel = 5;

    private readonly string _name;
    private readonly int _number;
    private readonly bool _v6;

    public PathNode(string name, int number, bool v6)
    {
        (_name, _number, _v6) = (name, number, v6);
        Key = Convert.ToBase64String([.. Enumerable.Repeat((byte)(0x40 + number), 32)]);
        Host = new WalkSpace("host").Link(1, "lo", loopback: true).Link(Uplink, "eth0", mtu: 1500).Link(Bridge, "cni0", "bridge").Link(Port, "veth-pod", "veth", peer: 2, elsewhere: true, master: Bridge).Link(Tunnel, "wg0", "wireguard");
        Host.Address(Uplink, Underlay.ToString()).Address(Bridge, In(number, 1)).Address(Tunnel, In(number, 0));
        Host.Route(v6 ? "fd00:18::/64" : "172.18.0.0/24", "eth0").Route(Network(number), "cni0");
        Host.Forwards = true;
        Host.Sysctls["net.ipv6.conf.all.forwarding"] = 1;
        Pod = new WalkSpace($"pod-{name}").Link(1, "lo", loopback: true).Link(2, "eth0", "veth", peer: Port, elsewhere: true);
        Pod.Address(2, In(number, 10));
        Pod.Route(v6 ? "::/0" : "0.0.0.0/0", "eth0", via: In(number, 1));
    }

    public string Key { get; }

    public WalkSpace Host { get; }

    public WalkSpace Pod { get; }

    public IpAddr PodAddress => IpAddr.Parse(In(_number, 10));

    public IpAddr Underlay => IpAddr.Parse(_v6 ? $"fd00:18::{_number}" : $"172.18.0.{_number}");

    /// <summary>The pod's namespace cannot be entered.</summary>
    public bool PodIsClosed { get; set; }

    /// <summary>No probe walked paths here.</summary>
    public bool WalksNothing { get; set; }

    public string Network(int number) => _v6 ? $"fd00:244:{number}::/64" : $"10.244.{number}.0/24";

    public string In(int number, int host) => _v6 ? $"fd00:244:{number}::{host:x}" : $"10.244.{number}.{host}";

    /// <summary>The other node becomes a peer, and its pods are routed into the tunnel.</summary>
    public PathNode Knows(PathNode other, bool routed = true, string? allowed = null, bool endpoint = true)
    {
        var peer = new WireGuardPeerFact
        {
            PublicKey = other.Key,
            Endpoint = endpoint ? new IpEndpoint(other.Underlay, 51820) : null,
            AllowedIps = [IpPrefix.Parse(allowed ?? other.Network(other._number))],
            LastHandshake = WalkSpace.Now.AddSeconds(-20),
            Received = new Counter(90_000, 4_000),
            Sent = new Counter(90_000, 4_000),
        };
        Host.Device = new WireGuardDeviceFact
        {
            Name = "wg0",
            Implementation = WireGuardImplementation.Kernel,
            PublicKey = Key,
            ListenPort = 51820,
            Peers = [peer],
        };
        if (routed) Host.Route(other.Network(other._number), "wg0");
        return this;
    }

    public NodeFacts Facts(PathQuestion question)
    {
        var (host, pod) = (Host.Build(), Pod.Build());
        var node = new NodeFacts { Node = _name, At = WalkSpace.Now, ObservedSeconds = 8, Namespaces = [host.Facts] };
        if (WalksNothing) return node;
        IReadOnlyList<WalkNamespace> spaces = PodIsClosed ? [host] : [host, pod];
        return node with { PathWalks = PathSampler.Walk(node, spaces, [question], new WalkSampling { Now = WalkSpace.Now }) };
    }
}
