// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class RouteFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void RouteMissing_ClusterRouteGone_RestoresTheOneRoute(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh[1].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == mesh.Device(1).Link) && route.Table == 254);
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-ROUTE-MISSING", "node-001");
        cause.Commands().ShouldBe([setup.V4 ? "node-001: ip route add 10.244.0.0/16 dev wg-pods scope link" : "node-001: ip -6 route add fd00:244::/48 dev wg-pods"]);
        cause.AffectedTunnels.Count.ShouldBe(2);
        report.State("node-001", "node-000").ShouldBe(TunnelState.NotRoutedIn);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void RouteMissing_OneOfSeveral_RestoresThatPrefix(Setup setup)
    {
        var mesh = Layouts.WgQuick(3, setup).TalkAll();
        var lan = setup.V4 ? "10.3.0.0/24" : "fd00:3::/64";
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse(lan));
        mesh.Diagnose().ShouldHaveOne("WG-ROUTE-MISSING", "site-000").Commands()
            .ShouldBe([setup.V4 ? $"site-000: ip route add {lan} dev wg0 scope link" : $"site-000: ip -6 route add {lan} dev wg0"]);
    }

    [Fact]
    public void RouteMissing_NoDefaultRouteEither_IsFound()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Routes.RemoveAll(route => route.Destination.IsDefault || route.NextHops.Any(hop => hop.Link == mesh.Device(0).Link));
        mesh.Diagnose().ShouldHaveOne("WG-ROUTE-MISSING", "node-000").Finding.Evidence[0].Observed.ShouldBe("ENETUNREACH");
    }

    [Fact]
    public void RouteMissing_OnOneHost_IsAWarning()
    {
        var mesh = Layouts.WgQuick(4, new Setup()).TalkAll();
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.3.0.0/24"));
        mesh.Diagnose(0).ShouldHaveOne("WG-ROUTE-MISSING", "site-000").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Fact]
    public void RouteMissing_TableOffCatchAllAndNodeAddresses_AreQuiet()
    {
        // Table=off everywhere: something else moves the packets.
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes) node.Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == node.Device.Link) && route.Table == 254);
        mesh.Diagnose().ShouldBeQuiet();

        // Node encryption: underlay addresses in AllowedIPs, routed by the underlay.
        mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        for (var i = 0; i < 3; i++)
        {
            for (var other = 0; other < 3; other++)
            {
                if (i != other) mesh.Peer(i, other).AllowedIps.Add(IpPrefix.Parse($"192.0.2.{10 + other}/32"));
            }
        }

        mesh.Diagnose().ShouldBeQuiet();

        // A client of one peer with everything in AllowedIPs and routes in a table that marks choose.
        mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh.Peer(1, 0).Allow("0.0.0.0/0", "::/0");
        mesh[1].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == mesh.Device(1).Link) && route.Protocol == 3);
        mesh[1].AddRoute("0.0.0.0/0", mesh.Device(1).Link, table: 51820);
        mesh[1].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32764, Action = 1, Table = 51820, Mark = 51820, MarkMask = uint.MaxValue, Invert = true });
        mesh[1].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32763, Action = 1, Table = 254, SuppressPrefixLength = 0 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void RouteShadowed_WholePodNetwork_DeletesTheStrayRoute(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        var (stray, via) = setup.V4 ? ("10.244.1.0/24", "192.0.2.1") : ("fd00:244:0:1::/64", "2001:db8::1");
        mesh[0].AddRoute(stray, mesh[0].LinkIndex("eth0"), via);
        var report = mesh.Diagnose();
        var cause = report.ShouldHaveOne("WG-ROUTE-SHADOWED", "node-000");
        cause.Commands().ShouldBe([setup.V4
            ? "node-000: ip route del 10.244.1.0/24 via 192.0.2.1 dev eth0"
            : "node-000: ip -6 route del fd00:244:0:1::/64 via 2001:db8::1 dev eth0 metric 1024"]);
        cause.Finding.Remediation[0].Undo.ShouldNotBeNull().ShouldContain("route add");
        report.State("node-000", "node-001").ShouldBe(TunnelState.NotRoutedIn);
        report.State("node-000", "node-002").ShouldBe(TunnelState.Healthy);
    }

    [Theory]
    [InlineData("10.244.2.7/32", RouteType.Unicast)]
    [InlineData("10.244.2.128/25", RouteType.Unicast)]
    [InlineData("10.244.2.0/24", RouteType.Blackhole)]
    [InlineData("10.244.2.64/26", RouteType.Unreachable)]
    public void RouteShadowed_PartOrNowhere_IsFound(string stray, RouteType type)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddRoute(stray, mesh[0].LinkIndex("eth0"), "192.0.2.1", type: type);
        mesh.Diagnose().ShouldHaveOne("WG-ROUTE-SHADOWED", "node-000").Finding.Subject.Prefixes.ShouldBe([IpPrefix.Parse(stray)]);
    }

    [Fact]
    public void RouteShadowed_BetterMetricAtOneEndOnly_IsFound()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.2.0.0/24"));
        mesh[0].AddRoute("10.2.0.0/24", mesh.Device(0).Link, metric: 50).AddRoute("10.2.0.0/24", mesh[0].LinkIndex("eth0"), "192.0.2.1", metric: 10);
        mesh.Diagnose().ShouldHaveOne("WG-ROUTE-SHADOWED", "site-000");
    }

    [Fact]
    public void RouteShadowed_HealthyRoutes_AreQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        // The tunnel as the backup of a leased line, at both ends.
        for (var i = 0; i < 2; i++)
        {
            var lan = $"10.{2 - i}.0.0/24";
            mesh[i].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse(lan));
            mesh[i].AddRoute(lan, mesh.Device(i).Link, metric: 200).AddRoute(lan, mesh[i].LinkIndex("lan0"), $"10.{i + 1}.0.254", metric: 10);
        }

        mesh.Diagnose().ShouldBeQuiet();

        // A company network over the tunnel, with a LAN of this node inside it.
        mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh.Peer(0, 1).AllowedIps.Add(IpPrefix.Parse("10.0.0.0/8"));
        mesh[0].AddRoute("10.0.0.0/8", mesh.Device(0).Link).AddRoute("10.5.0.0/16", mesh[0].LinkIndex("lan0"), "10.1.0.254");
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Diagnose(0).ShouldBeQuiet();

        // A pod of the far node's block that lives here, and a route of a routing daemon.
        mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddRoute("10.244.1.9/32", mesh[0].AddLink("veth-moved", "veth"));
        mesh[0].AddRoute("10.244.2.0/24", mesh[0].LinkIndex("eth0"), "192.0.2.12", protocol: 12, metric: 5);
        mesh.Diagnose().ShouldBeQuiet();
    }
}
