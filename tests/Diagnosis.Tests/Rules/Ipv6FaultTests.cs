// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>What goes wrong with IPv6 only.</summary>
public sealed class Ipv6FaultTests
{
    private static readonly Setup Six = new(V4: false, V6: true);

    [Fact]
    public void Disabled_OnTheDevice_ExplainsAddressAndRoutes()
    {
        var mesh = Layouts.Flannel(3, Six).TalkAll();
        var device = mesh.Device(0);
        mesh[0].Sysctls["net.ipv6.conf.wg-pods.disable_ipv6"] = 1;
        mesh[0].Addresses.RemoveAll(address => address.Link == device.Link);
        mesh[0].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == device.Link));
        mesh.Diagnose().ShouldHaveOne("WG-IPV6-DISABLED", "node-000").Consequences.Select(finding => finding.Code).ShouldBe(["WG-ROUTE-MISSING", "WG-IFACE-NO-ADDRESS"], ignoreOrder: true);

        // A cluster that uses IPv4 only.
        mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes) node.Sysctls["net.ipv6.conf.all.disable_ipv6"] = 1;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(0, false)]
    public void Advertisements_IgnoredWhileForwarding_WillCostTheDefaultRoute(long accept, bool found)
    {
        var mesh = Layouts.WgQuick(2, Six).TalkAll();
        var eth = mesh[0].LinkIndex("eth0");
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse("2001:db8:7::7"), 51820);
        mesh[1].AddAddress(mesh[1].LinkIndex("eth0"), "2001:db8:7::7/128");
        mesh[0].Routes.RemoveAll(route => route.Destination.IsDefault);
        mesh[0].AddRoute("::/0", eth, "fe80::1", protocol: 9);
        mesh[0].Sysctls["net.ipv6.conf.eth0.accept_ra"] = accept;
        mesh[0].Sysctls["net.ipv6.conf.eth0.forwarding"] = 1;
        var report = mesh.Diagnose();
        if (!found) report.ShouldBeQuiet();
        else report.ShouldHaveOne("WG-IPV6-RA-LOST", "site-000").Commands().ShouldBe(["site-000: sysctl -w net.ipv6.conf.eth0.accept_ra=2"]);
    }

    [Fact]
    public void Advertisements_RouteIsGone_IsCriticalAndExplainsTheMissingRoute()
    {
        var mesh = Layouts.WgQuick(2, Six).TalkAll();
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse("2001:db8:7::7"), 51820);
        mesh[0].Routes.RemoveAll(route => route.Destination.IsDefault);
        mesh[0].Sysctls["net.ipv6.conf.eth0.accept_ra"] = 1;
        mesh[0].Sysctls["net.ipv6.conf.eth0.forwarding"] = 1;
        mesh[0].Addresses.Add(new AddressFact { Link = mesh[0].LinkIndex("eth0"), Address = IpAddr.Parse("2001:db8::5054:ff:fe00:1"), PrefixLength = 64, Protocol = 2, ValidSeconds = 86000 });
        var cause = mesh.Diagnose().RootCauses[0];
        cause.Finding.Code.ShouldBe("WG-IPV6-RA-LOST");
        cause.Finding.Severity.ShouldBe(Severity.Critical);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-UNDERLAY-NO-ROUTE");
    }

    [Fact]
    public void Duplicate_IsTheEndpointOfOthers_ExplainsThatNothingArrives()
    {
        var mesh = Layouts.WgQuick(2, Six);
        mesh.Peer(0, 1).Sent = new Counter(1000, 444);
        var address = mesh.Peer(0, 1).Endpoint!.Value.Address;
        var eth = mesh[1].LinkIndex("eth0");
        mesh[1].Addresses.RemoveAll(own => own.Address == address);
        mesh[1].Addresses.Add(new AddressFact { Link = eth, Address = address, PrefixLength = 64, Flags = 0x08 | 0x40 | 0x80, Unusable = true });
        var cause = mesh.Diagnose().ShouldHaveOne("WG-IPV6-DAD-FAILED", "site-001");
        cause.Consequences.ShouldNotBeEmpty();
        cause.AffectedTunnels.ShouldContain(tunnel => tunnel.FromNode == "site-000");
    }

    [Fact]
    public void Duplicate_OnTheUplink_IsAWarningAndTentativeIsNot()
    {
        var mesh = Layouts.WgQuick(2, Six).TalkAll();
        mesh[0].Addresses.Add(new AddressFact { Link = mesh[0].LinkIndex("eth0"), Address = IpAddr.Parse("2001:db8::99"), PrefixLength = 64, Flags = 0x08, Unusable = true });
        mesh.Diagnose().ShouldHaveOne("WG-IPV6-DAD-FAILED", "site-000").Commands().ShouldBe(["site-000: ip -6 addr del 2001:db8::99/64 dev eth0"]);

        mesh = Layouts.WgQuick(2, Six).TalkAll();
        mesh[0].Addresses.Add(new AddressFact { Link = mesh[0].LinkIndex("eth0"), Address = IpAddr.Parse("2001:db8::99"), PrefixLength = 64, Flags = 0x40, Unusable = true });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(1440, "WG-IPV6-OVERHEAD")]
    [InlineData(1460, "WG-MTU-TOO-BIG")]
    public void Overhead_OfIpv4_IsToldFromAnyOtherMtu(int mtu, string code)
    {
        var mesh = Layouts.WgQuick(2, Six).TalkAll();
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Mtu = mtu });
        mesh.Diagnose().ShouldHaveOne(code, "site-000").Commands().ShouldBe(["site-000: ip link set dev wg0 mtu 1420"]);
    }

    [Fact]
    public void Discovery_WithoutReadFilters_StaysASilentNeighbour()
    {
        var mesh = Layouts.WgQuick(2, Six with { Keepalive = 25 }).TalkAll();
        mesh.Peer(0, 1).HandshakeAge = mesh.Peer(1, 0).HandshakeAge = 900;
        mesh[0].Neighbours.Add(new NeighbourFact(mesh[0].LinkIndex("eth0"), IpAddr.Parse("2001:db8::b"), "FAILED"));
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-NEIGH-FAILED");

        mesh[0].Bend = space => space with
        {
            Netfilter = new() { Source = "test", At = TestNode.Now, Value = new NetfilterFact { Tables = [Rulesets.Table(Rulesets.Base(NetfilterHook.Input, 0, [Rulesets.Drop]))] } },
        };
        var cause = mesh.Diagnose().RootCauses[0];
        cause.Finding.Code.ShouldBe("WG-IPV6-ND-BLOCKED");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-NEIGH-FAILED");
    }
}
