// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Rules, tables, sources, and routes that are lost in other ways than one by one.</summary>
public sealed class RoutePolicyTests
{
    [Fact]
    public void Lost_AllRoutesOfTheDevice_IsOneCauseOfItsOwn()
    {
        var mesh = Layouts.WgQuick(4, new Setup()).TalkAll();
        mesh[1].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == mesh.Device(1).Link) && route.Protocol == 3);
        // The way there is routed by the third and fourth site too.
        mesh.Diagnose().ShouldHaveOne("WG-ROUTE-LOST-LINKDOWN", "site-001").Commands().Count.ShouldBe(3);
    }

    [Theory, MemberData(nameof(Setup.Families), MemberType = typeof(Setup))]
    public void WithoutRoute_NobodyElseRoutesIt_BlamesTheConfiguration(Setup setup)
    {
        var mesh = Layouts.WgQuick(2, setup).TalkAll();
        var lan = setup.V4 ? "10.2.0.0/24" : "fd00:2::/64";
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse(lan));
        mesh.Diagnose().ShouldHaveOne("WG-ALLOWEDIPS-WITHOUT-ROUTE", "site-000").Commands().ShouldHaveSingleItem().ShouldContain(lan);
    }

    [Fact]
    public void RuleMissing_TableNobodyAsks_PutsTheSiblingsRuleBack()
    {
        var mesh = Layouts.Calico(3).TalkAll();
        mesh[0].Rules.RemoveAll(rule => rule.Table == 1);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-POLICY-RULE-MISSING", "calico-000");
        cause.Finding.Severity.ShouldBe(Severity.Critical);
        cause.Commands().ShouldBe(["calico-000: ip rule add prio 99 not from all fwmark 0x200000/0x200000 lookup 1"]);

        // The table of a VRF is asked by the l3mdev rule.
        mesh = Layouts.Calico(3).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            node.Rules.RemoveAll(rule => rule.Table == 1);
            node.ChangeLink(node.AddLink("vrf1", "vrf"), link => link with { Detail = new LinkDetailFact { VrfTable = 1 } });
        }

        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-POLICY-RULE-MISSING");
    }

    [Fact]
    public void RuleShadowed_PodsOnly_NamesTheRule()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddRoute("0.0.0.0/0", mesh[0].LinkIndex("eth0"), "192.0.2.1", table: 100);
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 50, Action = 1, Table = 100, From = IpPrefix.Parse("10.244.0.0/24") });
        var cause = mesh.Diagnose().ShouldHaveOne("WG-RULE-SHADOWED", "node-000");
        cause.Commands().ShouldBe(["node-000: ip rule del prio 50 from 10.244.0.0/24 lookup 100"]);
        cause.AffectedTunnels.Count.ShouldBe(2);

        // The kernel, asked for such a packet, says otherwise.
        foreach (var other in new[] { 1, 2 })
        {
            mesh[0].Flows.Add(new RouteLookupFact
            {
                Purpose = RouteLookupPurpose.Forwarded,
                Device = "wg-pods",
                Destination = IpAddr.Parse($"10.244.{other}.1"),
                Prefix = IpPrefix.Parse($"10.244.{other}.0/24"),
                From = IpAddr.Parse("10.244.0.2"),
                InputLink = mesh[0].LinkIndex("cni0"),
                Type = RouteType.Unicast,
                Link = mesh.Device(0).Link,
            });
        }

        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void RuleShadowed_RulesForAnUplinkOrAMark_AreQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].AddRoute("0.0.0.0/0", mesh[0].LinkIndex("eth0"), "192.0.2.1", table: 100);
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 50, Action = 1, Table = 100, From = IpPrefix.Parse("192.0.2.10/32") });
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 51, Action = 7, Mark = 0x80000, MarkMask = 0xff0000 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(6, "blackhole")]
    [InlineData(7, "unreachable")]
    [InlineData(8, "prohibit")]
    public void RuleBlackhole_ToAPeersPods_NamesTheRule(byte action, string word)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 50, Action = action, To = IpPrefix.Parse("10.244.2.0/24") });
        mesh[0].Bend = space => space with { RouteLookups = space.RouteLookups with { Value = [] } };
        var cause = mesh.Diagnose().ShouldHaveOne("WG-RULE-BLACKHOLE", "node-000");
        cause.Commands().ShouldBe([$"node-000: ip rule del prio 50 from all to 10.244.2.0/24 {word}"]);
        cause.AffectedTunnels.Count.ShouldBe(1);
    }

    [Fact]
    public void SourceWrong_PreferredByTheRoute_IsFound()
    {
        var mesh = Layouts.WgQuick(3, new Setup()).TalkAll();
        var index = mesh[0].Routes.FindIndex(route => route.Destination == IpPrefix.Parse("10.2.0.0/24"));
        mesh[0].Routes[index] = mesh[0].Routes[index] with { PreferredSource = IpAddr.Parse("192.0.2.10") };
        var cause = mesh.Diagnose().ShouldHaveOne("WG-ROUTE-SRC-WRONG", "site-000");
        cause.Commands().ShouldBe(["site-000: ip route replace 10.2.0.0/24 dev wg0 src 10.99.0.1"]);

        // An address that the far side takes.
        mesh[0].Routes[index] = mesh[0].Routes[index] with { PreferredSource = IpAddr.Parse("10.1.0.1") };
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Overlap_ConnectedNetworkInsideARemoteOne_IsFoundAndDockersIsNot()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[0].AddAddress(mesh[0].LinkIndex("lan0"), "10.2.0.5/25");
        mesh.Diagnose().ShouldHaveOne("WG-CIDR-OVERLAP", "site-000").Finding.Subject.Prefixes.ShouldBe([IpPrefix.Parse("10.2.0.0/25")]);

        mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        foreach (var node in mesh.Nodes) Layouts.PodBridge(node, "docker0", "10.20.200.1/24");
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Asymmetric_AndStrictFilter_OneCauseOrTheOther()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[1].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.1.0.0/24"));
        mesh[1].AddRoute("10.1.0.0/24", mesh[1].LinkIndex("eth0"), "192.0.2.1");
        mesh.Diagnose().ShouldHaveOne("WG-ASYMMETRIC-PATH", "site-001").Finding.Severity.ShouldBe(Severity.Warning);

        mesh[1].Sysctls["net.ipv4.conf.all.rp_filter"] = 1;
        mesh[1].ProtocolCounters["TcpExt.IPReversePathFilter"] = new Counter(10, 10);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-RPFILTER-STRICT", "site-001");
        cause.Finding.Confidence.ShouldBeGreaterThan(0.95);
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-ASYMMETRIC-PATH");
    }

    [Fact]
    public void StrictFilter_SymmetricRoutesOrIpv6_IsQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup(V6: true)).TalkAll();
        foreach (var node in mesh.Nodes) node.Sysctls["net.ipv4.conf.all.rp_filter"] = 1;
        mesh.Diagnose().ShouldBeQuiet();

        // Calico's table needs the mark, and its routes lead back through it.
        mesh = Layouts.Calico(3).TalkAll();
        foreach (var node in mesh.Nodes) node.Sysctls["net.ipv4.conf.all.rp_filter"] = 1;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void StrictFilter_FirstHostOfTheTunnelNetworkIsTheNodeItself_IsQuiet(long filter)
    {
        // The hub calls itself .2 here, so that the first host of the network that the spoke gives it is the spoke.
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        foreach (var (node, address) in new[] { (0, "10.8.0.2/24"), (1, "10.8.0.1/24") })
        {
            mesh[node].Addresses.RemoveAll(own => own.Link == mesh.Device(node).Link);
            mesh[node].Routes.RemoveAll(route => route.Protocol == 2 && route.NextHops.Any(hop => hop.Link == mesh.Device(node).Link));
            mesh[node].AddAddress(mesh.Device(node).Link, address);
        }

        mesh.Peer(0, 1).Allow("10.8.0.1/32", "10.20.1.0/24");
        foreach (var node in mesh.Nodes) node.Sysctls["net.ipv4.conf.all.rp_filter"] = filter;
        mesh.Diagnose().ShouldBeQuiet();

        // A question that was asked in the node's own name is refused always, whatever the filter says.
        foreach (var error in new[] { "EXDEV", "EINVAL" })
        {
            mesh[1].Flows.Clear();
            mesh[1].Flows.Add(new RouteLookupFact
            {
                Purpose = RouteLookupPurpose.Incoming,
                Device = "wg0",
                Destination = IpAddr.Parse("192.0.2.11"),
                Prefix = IpPrefix.Parse("10.8.0.0/24"),
                From = IpAddr.Parse("10.8.0.1"),
                InputLink = mesh.Device(1).Link,
                Error = error,
            });
            mesh.Diagnose().ShouldBeQuiet();
        }
    }

    [Fact]
    public void Martian_KernelRefusesWhatThePeerUses_NamesTheSourceThatWasAsked()
    {
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh[1].Sysctls["net.ipv4.conf.all.rp_filter"] = 0;
        mesh[1].Flows.Add(new RouteLookupFact
        {
            Purpose = RouteLookupPurpose.Incoming,
            Device = "wg0",
            Destination = IpAddr.Parse("192.0.2.11"),
            Prefix = IpPrefix.Parse("10.8.0.0/24"),
            From = IpAddr.Parse("10.8.0.3"),
            InputLink = mesh.Device(1).Link,
            Error = "EINVAL",
        });
        mesh.Diagnose().ShouldHaveOne("WG-MARTIAN-SOURCE", "spoke-001").Finding.Message.ShouldContain("10.8.0.3");
    }

    [Theory]
    [InlineData("10.8.0.1/30", "10.8.0.3", true)]
    [InlineData("10.8.0.1/24", "10.8.0.3", false)]
    [InlineData("10.8.0.1/31", "10.8.0.3", false)]
    public void Martian_ByTheMaskThePeerIsTheBroadcastAddress_IsNamed(string own, string peer, bool found)
    {
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh[0].Addresses.RemoveAll(address => address.Link == mesh.Device(0).Link);
        mesh[0].AddAddress(mesh.Device(0).Link, own);
        mesh[0].AddRoute("10.8.0.0/24", mesh.Device(0).Link);
        var report = mesh.Diagnose();
        if (!found) report.RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-MARTIAN-SOURCE");
        else report.ShouldHaveOne("WG-MARTIAN-SOURCE", "hub").Finding.Message.ShouldStartWith($"{peer} of spoke-002 is the broadcast address of {own} on hub");
    }

    [Fact]
    public void Asymmetric_HubAnswersASpokeBesideTheTunnel_IsFoundAlthoughOtherSpokesSendThatNetworkToTheHub()
    {
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.20.1.0/24"));
        mesh[0].AddRoute("10.20.1.0/24", mesh[0].LinkIndex("eth0"), "192.0.2.1");
        mesh.Diagnose().ShouldHaveOne("WG-ASYMMETRIC-PATH", "hub");
    }

    [Fact]
    public void StrictFilter_KernelThatAnswersEveryRefusalWithEinval_IsJudgedByTheRoutes()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[1].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.1.0.0/24"));
        mesh[1].AddRoute("10.1.0.0/24", mesh[1].LinkIndex("eth0"), "192.0.2.1");
        mesh[1].Sysctls["net.ipv4.conf.all.rp_filter"] = 1;
        mesh[1].Flows.Add(new RouteLookupFact
        {
            Purpose = RouteLookupPurpose.Incoming,
            Device = "wg0",
            Destination = IpAddr.Parse("192.0.2.11"),
            Prefix = IpPrefix.Parse("10.1.0.0/24"),
            From = IpAddr.Parse("10.1.0.1"),
            InputLink = mesh.Device(1).Link,
            Error = "EINVAL",
        });
        mesh.Diagnose().ShouldHaveOne("WG-RPFILTER-STRICT", "site-001").Consequences.ShouldNotContain(finding => finding.Code == "WG-MARTIAN-SOURCE");
    }
}
