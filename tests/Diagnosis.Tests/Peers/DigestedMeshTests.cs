// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Peers;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Peers;

/// <summary>A mesh whose nodes send digests gets the verdict that it gets from all facts.</summary>
public sealed class DigestedMeshTests
{
    private const int Nodes = 60;
    private const int Threshold = 25;

    /// <summary>What is done to the mesh; each is a fault that a rule is for, or none.</summary>
    public static TheoryData<string> Faults =>
    [
        "healthy", "peer missing", "peer missing and unused", "node forgot all", "nobody has the node", "old key", "key changed", "wrong port", "listen port changed",
        "mtu", "prefix stolen", "destination missing", "source missing", "route missing", "route shadowed", "forwarding off", "device down", "no address",
        "handshake never", "handshake stale", "two faults", "extra peer",
    ];

    [Theory, MemberData(nameof(Faults))]
    public void Diagnose_Digests_SayWhatAllFactsSay(string fault)
    {
        var mesh = Layouts.Flannel(Nodes, new Setup()).TalkAll();
        Break(mesh, fault);
        var full = mesh.Facts();
        var digested = full.Select(facts => PeerDigester.Digest(facts, Judge([facts]), Threshold).Facts).ToList();
        digested.Max(facts => facts.Namespaces[0].KernelWireGuard.Value![0].Peers.Count).ShouldBeLessThan(Nodes);
        var (expected, actual) = (Judge(full), Judge(digested));
        Causes(actual).ShouldBe(Causes(expected), fault);
        actual.Totals().ShouldBe(expected.Totals(), fault);
        actual.CouldNotCheck.ShouldBeEmpty();
        // What is broken is named, not only counted, unless a whole node is at fault.
        if (expected.Totals().Broken < 20) actual.Unlisted.Broken.ShouldBe(0);
        foreach (var tunnel in actual.Tunnels) expected.Tunnels.ShouldContain(other => other.Tunnel == tunnel.Tunnel && other.State == tunnel.State, $"{fault}: {tunnel}");
    }

    [Fact]
    public void Diagnose_HostileDigests_AreNotBelievedAndNeverThrow()
    {
        var mesh = Layouts.Flannel(Nodes, new Setup()).TalkAll();
        var digested = mesh.Facts().Select(facts => PeerDigester.Digest(facts, Judge([facts]), Threshold).Facts).ToList();
        var random = new Random(7);
        var noise = new byte[PeerSketch.Length];
        random.NextBytes(noise);
        noise[0] = 1;
        Func<PeerDigest, PeerDigest>[] lies =
        [
            digest => digest with { Keys = noise },
            digest => digest with { Entries = noise },
            digest => digest with { Keys = new byte[3] },
            digest => digest with { Healthy = int.MaxValue, Idle = int.MaxValue },
            digest => digest with { Healthy = -5 },
            digest => digest with { Healthy = digest.Healthy + 1 },
            digest => new PeerDigest(),
        ];
        for (var i = 0; i < lies.Length; i++) digested[i * 3] = Change(digested[i * 3], lies[i]);
        var report = Judge(digested);
        report.RootCauses.Where(cause => cause.Finding.Severity > Severity.Info).ShouldBeEmpty();
        foreach (var node in Enumerable.Range(0, lies.Length).Select(i => digested[i * 3].Node)) report.CouldNotCheck.ShouldContain(gap => gap.Node == node);
        report.Totals().Broken.ShouldBe(0);
    }

    [Fact]
    public void Diagnose_OtherAllowedIpsOfTheSameShape_NamesBothNodes()
    {
        var mesh = Layouts.Flannel(Nodes, new Setup()).TalkAll();
        var facts = mesh.Facts().Select(node => PeerDigester.Digest(node, Judge([node]), Threshold).Facts).ToList();
        var listed = facts[4].Namespaces[0].KernelWireGuard.Value![0].Peers.Select(peer => peer.PublicKey).ToHashSet();
        var other = Enumerable.Range(5, Nodes - 5).First(i => !listed.Contains(mesh.Device(i).Key));
        mesh.Peer(4, other).Allow("10.244.200.0/24");
        facts[4] = PeerDigester.Digest(mesh[4].ToFacts(), Judge([mesh[4].ToFacts()]), Threshold).Facts;
        var gap = Judge(facts).CouldNotCheck.ShouldHaveSingleItem();
        (gap.Node, gap.What).ShouldBe(("node-004", $"AllowedIPs of {mesh[other].Name} on wg-pods"));
    }

    private static void Break(TestMesh mesh, string fault)
    {
        switch (fault)
        {
            case "healthy": break;
            case "peer missing": Forget(mesh, 1, 2); break;
            case "peer missing and unused": Forget(mesh, 1, 2); Silence(mesh.Peer(2, 1), 30, 0); break;
            case "node forgot all": for (var i = 0; i < Nodes; i++) if (i != 7) Forget(mesh, 7, i); break;
            case "nobody has the node": for (var i = 0; i < Nodes; i++) if (i != 7) Forget(mesh, i, 7); break;
            case "old key": mesh.Peer(1, 0).Key = Keys.Of("old"); Silence(mesh.Device(1).Peers.Single(peer => peer.Key == Keys.Of("old"))); Silence(mesh.Peer(0, 1)); break;
            case "key changed": foreach (var peer in Around(mesh, 3)) Silence(peer); mesh.Device(3).Key = Keys.Of("new"); break;
            case "wrong port": mesh.Peer(1, 0).Endpoint = new IpEndpoint(mesh.Peer(1, 0).Endpoint!.Value.Address, 51999); Silence(mesh.Peer(1, 0)); Silence(mesh.Peer(0, 1)); break;
            case "listen port changed": foreach (var peer in Around(mesh, 3)) Silence(peer); mesh.Device(3).Port = 40000; break;
            case "mtu": mesh[5].ChangeLink(mesh.Device(5).Link, link => link with { Mtu = 1500 }); break;
            case "prefix stolen": mesh.Peer(1, 9).AllowedIps.AddRange(mesh.Peer(1, 8).AllowedIps); mesh.Peer(1, 8).AllowedIps = []; break;
            case "destination missing": mesh.Peer(1, 8).AllowedIps = []; mesh.MoveLink(1, txErrors: 5); break;
            case "source missing": mesh.Peer(1, 8).AllowedIps = []; mesh.MoveLink(1, frameErrors: 5); mesh.Peer(1, 8).Received = new(500, 0); mesh.Peer(8, 1).Received = new(500, 0); break;
            case "route missing": mesh[6].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.244.0.0/16")); break;
            case "route shadowed": mesh[6].AddRoute("10.244.8.0/25", mesh[6].LinkIndex("eth0"), "192.0.2.1"); break;
            case "forwarding off": mesh[6].Sysctls["net.ipv4.ip_forward"] = 0; break;
            case "device down": mesh[6].SetDown(mesh.Device(6)); break;
            case "no address": mesh[6].Addresses.RemoveAll(address => address.Link == mesh.Device(6).Link); break;
            case "handshake never": Silence(mesh.Peer(1, 2), null); Silence(mesh.Peer(2, 1), null); break;
            case "handshake stale": Silence(mesh.Peer(1, 2)); Silence(mesh.Peer(2, 1)); break;
            case "two faults": Forget(mesh, 1, 2); mesh[6].Sysctls["net.ipv4.ip_forward"] = 0; break;
            case "extra peer": mesh.Device(1).AddPeer(Keys.Of("laptop")).Allow("10.50.0.9/32").HandshakeAge = 30; break;
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    private static List<TestPeer> Around(TestMesh mesh, int node) =>
        mesh.Device(node).Peers.Concat(mesh.Nodes.Where(other => other != mesh[node]).Select(other => other.Device[mesh.Device(node)])).ToList();

    private static void Forget(TestMesh mesh, int holder, int about)
    {
        mesh.Device(holder).Peers.Remove(mesh.Peer(holder, about));
        Silence(mesh.Peer(about, holder));
    }

    private static void Silence(TestPeer peer, double? age = 900, ulong sent = 444) =>
        (peer.HandshakeAge, peer.Sent, peer.Received) = (age, new(9000, sent), new(9000, 0));

    private static NodeFacts Change(NodeFacts facts, Func<PeerDigest, PeerDigest> lie)
    {
        var space = facts.Namespaces[0];
        var device = space.KernelWireGuard.Value![0];
        return facts with
        {
            Namespaces = [space with { KernelWireGuard = space.KernelWireGuard with { Value = [device with { Digest = lie(device.Digest!) }] } }],
        };
    }

    private static DiagnosisReport Judge(IReadOnlyList<NodeFacts> facts) => DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));

    private static IEnumerable<string> Causes(DiagnosisReport report) => report.RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning)
        .Select(cause => $"{cause.Finding.Code} {cause.Finding.Subject.Node} {cause.Finding.Subject.PeerNode} {cause.Finding.Severity}").Order(StringComparer.Ordinal);
}
