// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class InterfaceFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void IfaceDown_ExplainsRoutesAndHandshakes(Setup setup)
    {
        var mesh = Layouts.Flannel(4, setup with { Keepalive = 25 }).TalkAll();
        mesh[1].SetDown(mesh.Device(1));
        for (var i = 0; i < 4; i++)
        {
            if (i == 1) continue;
            (mesh.Peer(i, 1).HandshakeAge, mesh.Peer(i, 1).Sent, mesh.Peer(i, 1).Received) = (500, new(9000, 444), new(9000, 0));
        }

        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-IFACE-DOWN", "node-001");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-ROUTE-MISSING");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-HANDSHAKE-STALE");
        cause.Commands().ShouldBe(setup.V4
            ? ["node-001: ip link set dev wg-pods up", "node-001: ip route add 10.244.0.0/16 dev wg-pods scope link"]
            :
            [
                "node-001: ip link set dev wg-pods up",
                "node-001: ip -6 addr add fd00:244:0:1::/128 dev wg-pods",
                "node-001: ip -6 route add fd00:244::/48 dev wg-pods",
            ]);
        report.State("node-001", "node-000").ShouldBe(TunnelState.NotRoutedIn);
        report.State("node-000", "node-001").ShouldBe(setup.Userspace ? TunnelState.DroppedAfterDecrypt : TunnelState.NoHandshake);
    }

    [Fact]
    public void IfaceDown_StandbyWithoutPeersOrUnknownToOthers_IsQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        var standby = mesh[0].AddDevice("kilo0");
        mesh[0].SetDown(standby);
        mesh.Diagnose().ShouldBeQuiet();
        // Peers of its own, which were looked at and do not know it; its AllowedIPs are empty.
        standby.AddPeer(mesh.Device(1)).AllowedIps = [];
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void IfaceDown_UnusedOnOneHost_IsOnlyNoted()
    {
        var mesh = Layouts.WgQuick(2, new Setup());
        mesh[0].SetDown(mesh.Device(0));
        mesh.Diagnose(0).ShouldBeQuiet();
        mesh.Peer(0, 1).HandshakeAge = 5000;
        mesh.Diagnose(0).ShouldHaveOne("WG-IFACE-DOWN", "site-000");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void NoAddress_LastAddressRemoved_ExplainsTheLostRoute(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var device = mesh.Device(2);
        mesh[2].Addresses.RemoveAll(address => address.Link == device.Link);
        mesh[2].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == device.Link));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-IFACE-NO-ADDRESS", "node-002");
        cause.Consequences.ShouldHaveSingleItem().Code.ShouldBe("WG-ROUTE-MISSING");
        cause.Commands().ShouldBe(setup.V4
            ? ["node-002: ip addr add 10.244.2.0/32 dev wg-pods", "node-002: ip route add 10.244.0.0/16 dev wg-pods scope link"]
            : ["node-002: ip -6 addr add fd00:244:0:2::/128 dev wg-pods", "node-002: ip -6 route add fd00:244::/48 dev wg-pods"]);
    }

    [Fact]
    public void NoAddress_WgQuickRouteKept_InfersTheHostAddress()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        mesh[1].Addresses.RemoveAll(address => address.Link == mesh.Device(1).Link);
        var report = mesh.Diagnose();
        report.ShouldHaveOne("WG-IFACE-NO-ADDRESS", "site-001").Commands().ShouldBe(["site-001: ip addr add 10.99.0.2/24 dev wg0"]);
        report.State("site-001", "site-000").ShouldBe(TunnelState.Degraded);
    }

    [Fact]
    public void NoAddress_OnlyOneFamilyLost_NamesTheFamily()
    {
        var mesh = Layouts.Flannel(3, new Setup(V6: true)).TalkAll();
        mesh[0].Addresses.RemoveAll(address => address.Link == mesh.Device(0).Link && address.Address.Family == IpFamily.IPv6);
        mesh.Diagnose().ShouldHaveOne("WG-IFACE-NO-ADDRESS", "node-000").Finding.Subject.Family.ShouldBe(IpFamily.IPv6);
    }

    [Fact]
    public void NoAddress_UnnumberedWithAcceptedSource_IsQuiet()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        mesh[1].Addresses.RemoveAll(address => address.Link == mesh.Device(1).Link);
        for (var i = 0; i < mesh[1].Routes.Count; i++)
        {
            if (mesh[1].Routes[i].NextHops.Any(hop => hop.Link == mesh.Device(1).Link))
                mesh[1].Routes[i] = mesh[1].Routes[i] with { PreferredSource = IpAddr.Parse("10.2.0.1") };
        }

        // The others still expect 10.99.0.2 there.
        var cause = mesh.Diagnose().ShouldHaveOne("WG-IFACE-NO-ADDRESS", "site-001");
        cause.Finding.Severity.ShouldBe(Severity.Warning);
        // Nobody expects an address.
        mesh.Peer(0, 1).AllowedIps.RemoveAt(0);
        mesh.Peer(2, 1).AllowedIps.RemoveAt(0);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void MtuTooBig_LargerThanTheUnderlayCarries_IsAWarning(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { Mtu = 1500 });
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-MTU-TOO-BIG", "node-001");
        cause.Finding.Severity.ShouldBe(Severity.Warning);
        cause.Commands().ShouldBe([$"node-001: ip link set dev wg-pods mtu {(setup.V4 ? 1440 : 1420)}"]);
        report.State("node-001", "node-000").ShouldBe(TunnelState.Degraded);
        report.State("node-000", "node-001").ShouldBe(TunnelState.Healthy);
    }

    [Theory]
    [InlineData(1440, true)]
    [InlineData(1441, false)]
    public void MtuTooBig_AtTheLimit_CountsEveryByte(int mtu, bool quiet)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes) node.ChangeLink(node.Device.Link, link => link with { Mtu = mtu });
        mesh.Diagnose().RootCauses.SelectMany(cause => cause.Nodes).Count().ShouldBe(quiet ? 0 : 2);
    }

    [Fact]
    public void MtuTooBig_JumboUnderlayLoopbackOrSmallerRoutes_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            node.ChangeLink(node.Device.Link, link => link with { Mtu = 8941 });
            node.ChangeLink(node.LinkIndex("eth0"), link => link with { Mtu = 9001 });
        }

        mesh.Diagnose().ShouldBeQuiet();

        mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            node.ChangeLink(node.Device.Link, link => link with { Mtu = 1500 });
            for (var i = 0; i < node.Routes.Count; i++)
            {
                if (node.Routes[i].NextHops.Any(hop => hop.Link == node.Device.Link)) node.Routes[i] = node.Routes[i] with { Mtu = 1420 };
            }
        }

        mesh.Diagnose().ShouldBeQuiet();
    }
}
