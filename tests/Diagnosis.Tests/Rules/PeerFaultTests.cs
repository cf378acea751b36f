// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class PeerFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void PeerMissing_OneNodeForgotAnother_NamesTheForgetfulNode(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh.Device(1).Peers.Remove(mesh.Peer(1, 0));
        // Node 0's session is still young, but nothing comes back.
        mesh.Peer(0, 1).Received = new(500, 0);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-PEER-MISSING", "node-001");
        var (prefix, endpoint) = setup.V4 ? ("10.244.0.0/24", "192.0.2.10:51820") : ("fd00:244::/64", "'[2001:db8::a]:51820'");
        cause.Commands().ShouldBe([$"node-001: wg set wg-pods peer {mesh.Device(0).Key} allowed-ips {prefix} endpoint {endpoint}"]);
        cause.Finding.AffectedTunnels.ShouldHaveSingleItem().FromNode.ShouldBe("node-000");
    }

    [Fact]
    public void PeerMissing_TwoNodesAlone_FillsTheEntryFromTheAbsentNode()
    {
        var mesh = Layouts.Flannel(2, new Setup());
        mesh.Device(1).Peers.Clear();
        mesh.Device(1).AddPeer(Keys.Of("somebody else")).Allow("10.50.0.0/24");
        mesh.Peer(0, 1).Sent = new(148 * 4, 148 * 3);
        mesh.Peer(0, 1).Received = new(0, 0);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-PEER-MISSING", "node-001");
        cause.Commands().ShouldBe([$"node-001: wg set wg-pods peer {mesh.Device(0).Key} allowed-ips 10.244.0.0/24 endpoint 192.0.2.10:51820"]);
        cause.Consequences.ShouldHaveSingleItem().Code.ShouldBe("WG-HANDSHAKE-NEVER");
    }

    [Fact]
    public void PeerMissing_NobodyHasANode_BlamesThatNode()
    {
        var mesh = Layouts.Flannel(4, new Setup());
        for (var i = 0; i < 3; i++) mesh.Device(i).Peers.Remove(mesh.Peer(i, 3));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-PEER-MISSING", "node-003");
        cause.Finding.Remediation.Select(step => step.Node).ShouldBe(["node-000", "node-001", "node-002"]);
    }

    [Fact]
    public void PeerMissing_NodeForgotEverybody_IsOneCause()
    {
        var mesh = Layouts.Flannel(6, new Setup(Keepalive: 25)).TalkAll();
        mesh.Device(2).Peers.Clear();
        for (var i = 0; i < 6; i++)
        {
            if (i == 2) continue;
            var peer = mesh.Peer(i, 2);
            (peer.HandshakeAge, peer.Sent, peer.Received) = (400, new(5000, 444), new(5000, 0));
        }

        var cause = mesh.Diagnose().ShouldHaveOne("WG-PEER-MISSING", "node-002");
        cause.AffectedTunnels.Count.ShouldBe(5);
        cause.Consequences.ShouldHaveSingleItem().Code.ShouldBe("WG-HANDSHAKE-STALE");
    }

    [Fact]
    public void PeerMissing_EntryWithoutAllowedIpsOrCutFacts_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup());
        mesh.Device(1).Peers.Remove(mesh.Peer(1, 0));
        mesh.Peer(0, 1).AllowedIps = [];
        mesh.Diagnose().ShouldBeQuiet();

        mesh = Layouts.Flannel(3, new Setup());
        mesh.Device(1).Peers.Remove(mesh.Peer(1, 0));
        var facts = mesh.Facts().Select(node => node.Node == "node-001" ? node with { Truncated = true, TruncatedWhat = "peers" } : node).ToList();
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        report.ShouldBeQuiet();
        report.CouldNotCheck.ShouldHaveSingleItem().Reason.ShouldContain("peers");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void KeyDrift_OneNodeHoldsAnOldKey_NamesTheHolder(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var stale = mesh.Peer(1, 0);
        stale.Key = Keys.Of("old");
        mesh.Peer(0, 1).Received = stale.Received = new(500, 0);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-KEY-DRIFT", "node-001");
        cause.Finding.Subject.PeerKey.ShouldBe(stale.Key);
        cause.Commands()[0].ShouldBe($"node-001: wg set wg-pods peer {stale.Key} remove");
        cause.Commands()[1].ShouldStartWith($"node-001: wg set wg-pods peer {mesh.Device(0).Key} allowed-ips ");
        cause.Commands().Count.ShouldBe(2);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void KeyDrift_NodeChangedItsKey_IsOneCauseAtThatNode(Setup setup)
    {
        var mesh = Layouts.Flannel(5, setup with { Keepalive = 25 }).TalkAll();
        mesh.Device(3).Key = Keys.Of("new");
        foreach (var node in mesh.Nodes)
        {
            foreach (var peer in node.Device.Peers.Where(peer => node == mesh[3] || peer.Key == Keys.Of("node-003/wg-pods")))
                (peer.HandshakeAge, peer.Sent, peer.Received) = (600, new(9000, 444), new(9000, 0));
        }

        var cause = mesh.Diagnose().ShouldHaveOne("WG-KEY-DRIFT", "node-003");
        cause.AffectedNodes.Count.ShouldBe(5);
        cause.Finding.Remediation.Count.ShouldBe(8);
    }

    [Fact]
    public void KeyDrift_SeenFromOneSideOnly_IsFound()
    {
        var mesh = Layouts.Flannel(3, new Setup());
        mesh.Peer(1, 0).HandshakeAge = 900;
        mesh.Peer(1, 0).Key = Keys.Of("old");
        mesh.Device(0).Peers.Remove(mesh.Peer(0, 1));
        mesh.Diagnose().RootCauses.Select(cause => cause.Finding.Code).ShouldContain("WG-KEY-DRIFT");
    }

    [Fact]
    public void KeyDrift_OldEntryBesideTheNewOne_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var leftover = mesh.Device(1).AddPeer(Keys.Of("old"));
        (leftover.Endpoint, leftover.HandshakeAge) = (mesh.Peer(1, 0).Endpoint, 9000);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void WrongPort_OneNodeSendsElsewhere_NamesIt(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var peer = mesh.Peer(0, 1);
        peer.Endpoint = new IpEndpoint(peer.Endpoint!.Value.Address, 51999);
        (peer.Received, mesh.Peer(1, 0).Received, mesh.Peer(1, 0).Sent) = (new(900, 0), new(900, 0), new(900, 0));
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-ENDPOINT-WRONG-PORT", "node-000");
        cause.Commands().ShouldBe([$"node-000: wg set wg-pods peer {peer.Key} endpoint {(setup.V4 ? "192.0.2.11:51820" : "'[2001:db8::b]:51820'")}"]);
        cause.Finding.Remediation[0].Undo.ShouldNotBeNull().ShouldContain(":51999");
        report.State("node-000", "node-001").ShouldBe(TunnelState.OneWay);
    }

    [Fact]
    public void WrongPort_ListenPortChanged_BlamesTheListener()
    {
        var mesh = Layouts.Flannel(4, new Setup(Keepalive: 25));
        mesh.Device(2).Port = 40000;
        for (var i = 0; i < 4; i++)
        {
            if (i != 2) (mesh.Peer(i, 2).Sent, mesh.Peer(i, 2).HandshakeAge) = (new(9000, 444), 900);
        }

        var cause = mesh.Diagnose().ShouldHaveOne("WG-LISTEN-PORT-DRIFT", "node-002");
        cause.Commands().ShouldBe(["node-002: wg set wg-pods listen-port 51820"]);
        cause.Consequences.ShouldHaveSingleItem().Code.ShouldBe("WG-HANDSHAKE-STALE");
    }

    [Fact]
    public void WrongPort_NatOrFreshSessionOrIdleRedirection_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        // Learnt through a port translation, and alive.
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(mesh.Peer(0, 1).Endpoint!.Value.Address, 34567);
        // A NAT box in front of the peer.
        mesh.Peer(2, 1).Endpoint = new IpEndpoint(IpAddr.Parse("203.0.113.7"), 34567);
        mesh.Diagnose().ShouldBeQuiet();

        mesh = Layouts.Flannel(2, new Setup());
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(mesh.Peer(0, 1).Endpoint!.Value.Address, 443);
        mesh.Diagnose().ShouldBeQuiet();
    }
}
