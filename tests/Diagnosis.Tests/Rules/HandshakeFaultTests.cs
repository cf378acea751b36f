// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class HandshakeFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void HandshakeNever_OneSideTriesInVain_IsTheRoot(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).Talk(0, 2).Talk(1, 2);
        mesh.Peer(0, 1).Sent = new(148 * 5, 148 * 3);
        mesh.Diagnose(0).ShouldHaveOne("WG-HANDSHAKE-NEVER", "node-000");
        // With the other end's facts the way between them is left.
        var report = mesh.Diagnose();
        report.ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000").Finding.Subject.PeerNode.ShouldBe("node-001");
        report.State("node-000", "node-001").ShouldBe(TunnelState.NoHandshake);
        report.State("node-001", "node-000").ShouldBe(TunnelState.Idle);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void HandshakeStale_WithKeepalive_IsTheRoot(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup with { Keepalive = 25 }).TalkAll();
        foreach (var (from, to) in new[] { (0, 1), (1, 0) })
            (mesh.Peer(from, to).HandshakeAge, mesh.Peer(from, to).Sent, mesh.Peer(from, to).Received) = (300, new(9000, 444), new(9000, 0));
        mesh.Diagnose(0, 2).ShouldHaveOne("WG-HANDSHAKE-STALE", "node-000");
        mesh.Diagnose().ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-000").AffectedTunnels.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(179, false)]
    [InlineData(181, true)]
    public void HandshakeStale_Threshold_IsTheProtocols(double age, bool stale)
    {
        var mesh = Layouts.Flannel(2, new Setup(Keepalive: 25)).TalkAll();
        foreach (var (from, to) in new[] { (0, 1), (1, 0) })
            (mesh.Peer(from, to).HandshakeAge, mesh.Peer(from, to).Received) = (age, new(9000, 0));
        mesh.Peer(0, 1).Sent = mesh.Peer(1, 0).Sent = new(9000, 64);
        mesh.Diagnose().RootCauses.Count.ShouldBe(stale ? 1 : 0);
    }

    [Fact]
    public void HandshakeStale_IdleWithoutKeepalive_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup());
        mesh.Session(0, 1, age: 90000).Session(0, 2, age: 100).Session(1, 2, age: 541);
        var report = mesh.Diagnose();
        report.ShouldBeQuiet();
        report.State("node-000", "node-001").ShouldBe(TunnelState.Idle);
        report.State("node-000", "node-002").ShouldBe(TunnelState.Healthy);
    }

    [Fact]
    public void HandshakeStale_ClockSetBack_IsUnknownNotBroken()
    {
        var mesh = Layouts.Flannel(2, new Setup(Keepalive: 25)).Session(0, 1);
        mesh.Peer(0, 1).HandshakeAge = -3600;
        var report = mesh.Diagnose();
        report.ShouldBeQuiet();
        report.State("node-000", "node-001").ShouldBe(TunnelState.Unknown);
    }

    [Fact]
    public void HandshakeNever_RoadWarriorWithoutEndpoint_IsQuiet()
    {
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        var warrior = mesh.Device(0).AddPeer(Keys.Of("laptop")).Allow("10.8.0.77/32");
        warrior.Keepalive = 25;
        mesh.Diagnose().ShouldBeQuiet();
        // It was there once and is switched off now.
        (warrior.Endpoint, warrior.HandshakeAge, warrior.Sent) = (new(IpAddr.Parse("203.0.113.5"), 40000), 90000, new(9000, 444));
        mesh.Diagnose().ShouldBeQuiet();
        // A whole network behind the silent peer is another matter.
        warrior.AllowedIps.Add(IpPrefix.Parse("10.60.0.0/24"));
        mesh[0].AddRoute("10.60.0.0/24", mesh.Device(0).Link);
        mesh.Diagnose().RootCauses.ShouldHaveSingleItem().Finding.Code.ShouldBe("WG-HANDSHAKE-STALE");
    }

    [Fact]
    public void HandshakeNever_NodeBehindAFirewall_IsOneRootCauseOfTwenty()
    {
        var mesh = Layouts.Flannel(20, new Setup(Keepalive: 25)).TalkAll();
        for (var i = 0; i < 20; i++)
        {
            if (i == 7) continue;
            foreach (var (from, to) in new[] { (i, 7), (7, i) })
                (mesh.Peer(from, to).HandshakeAge, mesh.Peer(from, to).Sent, mesh.Peer(from, to).Received) = (i % 3 == 0 ? 400 : null, new(9000, 444), new(0, 0));
        }

        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-UDP-BLOCKED-PATH", "node-007");
        cause.AffectedTunnels.Count.ShouldBe(38);
        cause.AffectedNodes.Count.ShouldBe(20);
        report.Tunnels.Count(tunnel => tunnel.State == TunnelState.NoHandshake).ShouldBe(38);
    }
}
