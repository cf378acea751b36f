// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class AllowedIpsFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void MissingDst_PrefixGone_NamesTheNodeAndRestoresIt(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var full = mesh.Peer(0, 1).AllowedIps;
        mesh.Peer(0, 1).AllowedIps = [];
        mesh.MoveLink(0, tx: setup.Userspace ? 10u : 0, txErrors: setup.Userspace ? 0u : 10);
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-ALLOWEDIPS-MISSING-DST", "node-000");
        cause.Commands().ShouldBe([$"node-000: wg set wg-pods peer {mesh.Device(1).Key} allowed-ips {full[0]}"]);
        cause.Finding.Remediation[0].Undo.ShouldEndWith("allowed-ips ''");
        cause.Finding.Subject.Family.ShouldBe(setup.V4 ? IpFamily.IPv4 : IpFamily.IPv6);
        report.State("node-000", "node-001").ShouldBe(TunnelState.NotRoutedIn);
        report.State("node-001", "node-000").ShouldBe(TunnelState.RejectedByAllowedIps);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void MissingSrc_TrafficComesInAndIsRefused_SaysSo(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh.Peer(0, 1).AllowedIps = [];
        // Ten pings from node 1 that node 0 decrypts and refuses.
        mesh.Peer(1, 0).Sent = TestMesh.Grow(mesh.Peer(1, 0).Sent, 10 * TestMesh.PingBytes);
        mesh.MoveLink(1, tx: 10);
        if (setup.Userspace) mesh.Peer(0, 1).Received = TestMesh.Grow(mesh.Peer(0, 1).Received, 10 * TestMesh.PingBytes);
        else mesh.MoveLink(0, frameErrors: 10);
        mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-MISSING-SRC", "node-000").Finding.Severity.ShouldBe(Severity.Critical);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Missing_TwoNodesOnly_NeedsNoThirdWitness(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        mesh.Peer(1, 0).AllowedIps = [];
        mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-MISSING-DST", "node-001").Commands().ShouldHaveSingleItem()
            .ShouldContain(setup.V4 ? "10.244.0.0/24" : "fd00:244::/64");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Missing_LanOfAWgQuickPeer_IsFoundByItsRoute(Setup setup)
    {
        var mesh = Layouts.WgQuick(2, setup).TalkAll();
        mesh.Peer(0, 1).AllowedIps.RemoveAt(1);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-MISSING-DST", "site-000");
        cause.Finding.Subject.Prefixes.ShouldBe([IpPrefix.Parse(setup.V4 ? "10.2.0.0/24" : "fd00:2::/64")]);
    }

    [Fact]
    public void Missing_BothFamiliesOfOneEntry_IsOneFinding()
    {
        var mesh = Layouts.Flannel(3, new Setup(V6: true)).TalkAll();
        mesh.Peer(2, 0).AllowedIps = [];
        var cause = mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-MISSING-DST", "node-002");
        cause.Finding.Subject.Family.ShouldBeNull();
        cause.Finding.Subject.Prefixes.Count.ShouldBe(2);
    }

    [Fact]
    public void Missing_PodNetworkChangedAndNobodyKnows_BlamesThatNode()
    {
        var mesh = Layouts.Flannel(4, new Setup()).TalkAll();
        mesh[3].Addresses.RemoveAll(address => address.Address.ToString().StartsWith("10.244.", StringComparison.Ordinal));
        mesh[3].AddAddress(mesh.Device(3).Link, "10.244.77.0/32").AddAddress(mesh[3].LinkIndex("cni0"), "10.244.77.1/24");
        mesh[3].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.244.3.0/24"));
        mesh.Diagnose().RootCauses[0].Finding.Subject.Node.ShouldBe("node-003");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Overlap_StrangerTookThePrefix_RemovesItFirst(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var stranger = mesh.Device(0).AddPeer(Keys.Of("stranger"));
        (stranger.AllowedIps, mesh.Peer(0, 1).AllowedIps) = (mesh.Peer(0, 1).AllowedIps, []);
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-ALLOWEDIPS-OVERLAP", "node-000");
        cause.Commands().ShouldBe(
        [
            $"node-000: wg set wg-pods peer {stranger.Key} remove",
            $"node-000: wg set wg-pods peer {mesh.Device(1).Key} allowed-ips {stranger.AllowedIps[0]}",
        ]);
        report.State("node-000", "node-001").ShouldBe(TunnelState.NotRoutedIn);
    }

    [Theory, MemberData(nameof(Setup.Families), MemberType = typeof(Setup))]
    public void Overlap_KnownPeerTookThePrefix_GivesItBack(Setup setup)
    {
        var mesh = Layouts.Flannel(4, setup).TalkAll();
        var taken = mesh.Peer(0, 1).AllowedIps[0];
        mesh.Peer(0, 1).AllowedIps = [];
        mesh.Peer(0, 2).AllowedIps.Add(taken);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-OVERLAP", "node-000");
        cause.Finding.Subject.PeerNode.ShouldBe("node-002");
        cause.Commands().Count.ShouldBe(2);
    }

    [Fact]
    public void Overlap_NestedPartGivenToAStranger_IsFound()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Device(0).AddPeer(Keys.Of("stranger")).Allow("10.244.1.128/25");
        mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-OVERLAP", "node-000").Commands().ShouldHaveSingleItem().ShouldEndWith(" remove");
    }

    [Fact]
    public void Overlap_RelaysMovedPodsAndLivingStrangers_AreQuiet()
    {
        // A direct peer for the tunnel address only; its LAN goes over the hub on purpose.
        var mesh = Layouts.Hub(3).Talk(0, 1).Talk(0, 2).Talk(0, 3);
        Layouts.Enter(mesh, 1, 2, new Setup(), ["10.8.0.3/32"]);
        Layouts.Enter(mesh, 2, 1, new Setup(), ["10.8.0.2/32"]);
        mesh.Diagnose().ShouldBeQuiet();

        // A pod address of node 1's block that moved to node 2.
        mesh = Layouts.Calico(3).TalkAll();
        mesh.Peer(0, 2).AllowedIps.Add(IpPrefix.Parse("10.100.1.7/32"));
        mesh.Diagnose().ShouldBeQuiet();

        // A hub that was not selected carries everything.
        mesh = Layouts.Hub(3).Talk(0, 1).Talk(0, 2).Talk(0, 3);
        mesh.Diagnose(1, 2).ShouldBeQuiet();
    }

    [Fact]
    public void Missing_DockerNetworksAndUnreachableLans_AreQuiet()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            Layouts.PodBridge(node, "docker0", "172.17.0.1/16");
            // A company route into the tunnel, far wider than what the peers own.
            node.AddRoute("10.0.0.0/8", node.Device.Link);
        }

        Layouts.PodBridge(mesh[1], "br-abc", "10.200.0.1/24");
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Missing_MulticastNoiseInTxErrors_IsQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh.MoveLink(0, txErrors: 50);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Missing_TunnelAddressesLeftOutOnBothSides_IsQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh.Peer(0, 1).AllowedIps.RemoveAt(0);
        mesh.Peer(1, 0).AllowedIps.RemoveAt(0);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Overlap_TwoGatewaysOfOneSite_AreQuiet()
    {
        // Sites 1 and 2 are two routers of one LAN; the others choose either of them.
        var mesh = Layouts.WgQuick(5, new Setup()).TalkAll();
        mesh[2].AddAddress(mesh[2].LinkIndex("lan0"), "10.2.0.2/24");
        var lan = IpPrefix.Parse("10.2.0.0/24");
        mesh.Peer(0, 1).AllowedIps.Remove(lan);
        mesh.Peer(0, 2).AllowedIps.Add(lan);
        mesh.Diagnose().ShouldBeQuiet();

        // The second gateway was not selected, or reaches the LAN over a router.
        mesh.Diagnose(0, 1, 3, 4).ShouldBeQuiet();
        mesh[2].Addresses.RemoveAll(address => address.Address == IpAddr.Parse("10.2.0.2"));
        mesh[2].Routes.RemoveAll(route => route.Destination == lan || route.Destination == IpPrefix.Parse("10.2.0.2/32"));
        mesh[2].AddRoute("10.2.0.0/24", mesh[2].LinkIndex("lan0"), "10.3.0.254");
        mesh.Diagnose().ShouldBeQuiet();
    }
}
