// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>What pod networks publish and what their agents make of it, managers of the host, clouds: sections S and U of the failure catalogue.</summary>
internal static class CniScenarios
{
    private const Layouts Clusters = Layouts.Flannel | Layouts.Calico;

    public static IReadOnlyList<Scenario> All { get; } = [.. Published, .. Constructed];

    // A key that nobody has.
    private static string Stranger { get; } = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(number => (byte)number)]);

    private static IReadOnlyList<Scenario> Published =>
    [
        new()
        {
            Code = "WG-CNI-ANNOTATION-DRIFT",
            Title = "B publishes a key that its device does not have, and the others followed",
            Layouts = Clusters,
            Publishes = (s, cluster) => cluster.PublishKey(s.B, Stranger),
            InjectAsync = async (s, ct) =>
            {
                foreach (var other in Others(s)) await FollowAsync(s, other, Stranger, s.Endpoint(s.B), ct);
            },
        },
        new()
        {
            Code = "WG-CNI-ANNOTATION-DRIFT",
            Variant = "unnoticed",
            Title = "B publishes a key that its device does not have, and nobody has followed yet",
            Layouts = Clusters,
            Hurts = Hurt.None,
            Effect = async (s, ct) => !(await s.DoAsync(s.B, $"wg show {s.Device(s.B)} public-key", ct)).Contains(Stranger, StringComparison.Ordinal),
            Publishes = (s, cluster) => cluster.PublishKey(s.B, Stranger),
        },
        new()
        {
            Code = "WG-CNI-KEY-CONFLICT",
            Title = "B publishes the third node's key, and nobody makes a peer of B",
            Layouts = Clusters,
            Publishes = (s, cluster) => cluster.PublishKey(s.B, s.Key(s.C!)),
            InjectAsync = async (s, ct) =>
            {
                foreach (var other in Others(s)) await s.WgSetAsync(other, $"peer {s.Key(s.B)} remove", ct);
            },
        },
        new()
        {
            Code = "WG-CNI-MISSING-PEER",
            Title = "the agent on A did not make a peer of B, which publishes its key",
            Layouts = Clusters,
            Publishes = (_, _) => { },
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct),
        },
        new()
        {
            Code = "WG-CNI-AGENT-DOWN",
            Title = "the agent on A has been down for ten minutes and did not make a peer of B",
            Layouts = Clusters,
            Publishes = (s, cluster) => cluster.Change(s.A, node => node with { Agent = new ClusterAgent("agent-of-a", false, TimeProvider.System.GetUtcNow().AddMinutes(-10)) }),
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct),
        },
        new()
        {
            Code = "WG-CNI-STALE-PEER",
            Title = "on A a peer of a deleted node owns B's pod network",
            Layouts = Layouts.Flannel,
            // The stranger's entry is an overlap as well: the catalogue calls the one by the other where the range was given anew.
            AlsoTrue = ["WG-ALLOWEDIPS-OVERLAP", "WG-NEIGH-FAILED"],
            Publishes = (_, _) => { },
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {Stranger} endpoint {s.At(Nobody(s), s.Port(s.A))} allowed-ips {s.PodNetwork(s.B)}", ct),
        },
        new()
        {
            Code = "WG-CNI-PODCIDR-CHANGED",
            Title = "B's node object was made anew with another pod range, and nobody followed",
            Layouts = Layouts.Flannel,
            Hurts = Hurt.None,
            Effect = async (s, ct) => !(await s.DoAsync(s.A, $"wg show {s.Device(s.A)} allowed-ips", ct)).Contains(OtherRange(s), StringComparison.Ordinal),
            Publishes = (s, cluster) => cluster.Change(s.B, node => node with { PodCidrs = [IpPrefix.Parse(OtherRange(s))] }),
        },
        new()
        {
            Code = "WG-CNI-ENDPOINT-DRIFT",
            Title = "B publishes an address of its segment that it does not have, and the others use it",
            Layouts = Clusters,
            // Nobody answers there either.
            AlsoTrue = ["WG-NEIGH-FAILED"],
            Publishes = (s, cluster) => cluster.PublishEndpoint(s.B, Nobody(s)),
            InjectAsync = async (s, ct) =>
            {
                await s.ForgetBothAsync(ct);
                foreach (var other in Others(s)) await FollowAsync(s, other, s.Key(s.B), s.At(Nobody(s), s.Port(s.B)), ct);
            },
        },
        new()
        {
            Code = "WG-CNI-WG-ADDRESS-PENDING",
            Title = "B's device has a key and no address",
            Layouts = Layouts.Calico,
            Hurts = Hurt.None,
            Effect = async (s, ct) => !(await s.DoAsync(s.B, $"ip addr show dev {s.Device(s.B)}", ct)).Contains($"{s.Tunnel(s.B)}/", StringComparison.Ordinal),
            Publishes = (s, cluster) => cluster.Annotate(s.B, cluster.AddressAnnotation, null),
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip addr del {s.Tunnel(s.B)}/{s.HostLength} dev {s.Device(s.B)}", ct),
        },
        new()
        {
            Code = "WG-CNI-PLAINTEXT-LEAK",
            Title = "on A a throw route keeps B's block out of the tunnel",
            Layouts = Layouts.Calico,
            // The main table carries the packets in the clear: everything works.
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.A, $"{s.Ip} route get {s.Pod(s.B)}", ct)).Contains($"dev {s.Uplink(s.A)}", StringComparison.Ordinal),
            AlsoTrue = ["WG-ASYMMETRIC-PATH"],
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route del {s.PodNetwork(s.B)} table 1; {s.Ip} route add throw {s.PodNetwork(s.B)} table 1", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Constructed =>
    [
        Scenario.Impossible("WG-CNI-STRICT-MODE-DROP", "needs Cilium and its counters", "CniStateTests"),
        Scenario.Impossible("WG-CILIUM-NODE-ENCRYPTION-LOSS", "needs an affected version of Cilium", "CniStateTests"),
        Scenario.Impossible("WG-KILO-LEADER-CHANGE", "no layout groups nodes into locations", "CniStateTests"),
        Scenario.Impossible("WG-SUBMARINER-FAILOVER", "no layout joins clusters", "CniStateTests"),
        Scenario.Impossible("WG-CLOUD-SRC-DST-CHECK", "is told from a silent target by test datagrams alone, which no probe sends yet", "HostManagerTests"),
        Scenario.Impossible("WG-CLOUD-SECURITY-GROUP", "is told from a closed path by test datagrams alone, which no probe sends yet", "HostManagerTests"),
        Scenario.Impossible("WG-HARDWARE-DRIVER-LOG", "the kernel log is the machine's, and its devices are no hardware", "HostManagerTests"),
    ];

    private static IEnumerable<LabNode> Others(Scene scene) => scene.Network.Nodes.Where(node => node != scene.B);

    // What an agent does with a changed announcement: a new entry takes over the prefixes of the old one.
    private static async Task FollowAsync(Scene scene, LabNode node, string key, string endpoint, CancellationToken ct)
    {
        await scene.WgSetAsync(node, $"peer {scene.Key(scene.B)} remove", ct);
        var allowed = scene.Network.PlanOf(node).Peers.First(peer => peer.Node == scene.B.Number).AllowedIps;
        await scene.WgSetAsync(node, $"peer {key} endpoint {endpoint} allowed-ips {string.Join(',', allowed)}", ct);
    }

    /// <summary>An address on the nodes' wire that nobody has.</summary>
    private static string Nobody(Scene scene) => scene.V6 ? "fd00:18::77" : "172.18.0.77";

    private static string OtherRange(Scene scene) => scene.V6 ? "fd00:77::/64" : "10.177.0.0/24";
}
