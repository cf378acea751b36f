// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;
using KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Namespaces behind a node, and tunnels inside of pods.</summary>
public sealed class PodFaultTests
{
    [Theory]
    [InlineData(null, false, "WG-RETURN-ROUTE-MISSING")]
    [InlineData(null, true, "WG-POD-NETNS-ROUTE")]
    [InlineData("10.244.1.99", false, "WG-POD-NETNS-ROUTE")]
    [InlineData("10.244.1.1", true, null)]
    [InlineData("169.254.1.1", true, null)]
    public void WayOut_OfANamespaceBehindTheNode(string? gateway, bool pod, string? code)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        AddPod(mesh[1], gateway, pod);
        var report = mesh.Diagnose();
        if (code is null) report.ShouldBeQuiet();
        else report.ShouldHaveOne(code, "node-001").Finding.Subject.Namespace.ShouldBe("/run/netns/pod");
    }

    [Fact]
    public void WayOut_SilentGatewayThatWasNeverAsked_IsNotJudged()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        AddPod(mesh[1], "10.244.1.99", pod: true, neighbour: "STALE");
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(false, "WG-POD-VETH-BROKEN")]
    [InlineData(true, null)]
    public void Veth_DownWithAnAddressBehindIt_IsFound(bool up, string? code)
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh[1].ChangeLink(mesh[1].LinkIndex("lan0"), link => link with { Kind = "veth", Peer = 2, PeerInOtherNamespace = true, Up = up, LowerUp = up });
        var report = mesh.Diagnose();
        if (code is null) report.ShouldBeQuiet();
        else report.ShouldHaveOne(code, "site-001").Commands().ShouldBe(["site-001: ip link set dev lan0 up"]);
    }

    [Theory]
    [InlineData(9, true, true)]
    [InlineData(0, true, false)]
    [InlineData(9, false, false)]
    public void Veth_DownWithTheIPv6NetworkItHad_IsFoundWhereItWasUsedAndIsWanted(ulong received, bool wanted, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup(V6: true)).TalkAll();
        var lan = mesh[1].LinkIndex("lan0");
        mesh[1].ChangeLink(lan, link => link with { Kind = "veth", Peer = 2, PeerInOtherNamespace = true, Up = false, LowerUp = false, Counters = new LinkCounters { RxPackets = new(received, 0) } });
        mesh[1].Addresses.RemoveAll(address => address.Link == lan);
        mesh[1].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == lan));
        if (!wanted) mesh.Peer(0, 1).AllowedIps.RemoveAll(prefix => prefix.Length < 128);

        mesh.Diagnose().RootCauses.Any(cause => cause.Finding.Code == "WG-POD-VETH-BROKEN").ShouldBe(found);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void GatewayPod_ThatDoesNotForward_IsFound(long forwards, bool found)
    {
        var mesh = Layouts.Hub(2).Talk(0, 1).Talk(0, 2);
        mesh[0].Sysctls["net.ipv4.ip_forward"] = forwards;
        var whole = mesh[0].ToFacts().Namespaces[0];
        mesh[0].Bend = space => space with { Id = "net:[host]", KernelWireGuard = space.KernelWireGuard with { Value = [] }, Links = space.Links with { Value = [] } };
        mesh[0].Pods.Add(whole with { Id = "net:[pod]", Name = "/run/netns/gateway" });
        var report = mesh.Diagnose();
        if (!found) report.ShouldBeQuiet();
        else report.ShouldHaveOne("WG-GATEWAY-POD-FORWARDING", "hub").Commands().ShouldBe(["hub: nsenter --net=/run/netns/gateway sysctl -w net.ipv4.ip_forward=1"]);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0L, true)]
    [InlineData(1L, false)]
    public void Bridge_WithKubeProxyAndWithoutNetfilter_IsAWarning(long? value, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var bridge = mesh[0].LinkIndex("cni0");
        for (var i = 0; i < 2; i++)
            mesh[0].ChangeLink(mesh[0].AddLink($"veth-pod{i}", "veth", master: bridge), link => link with { PeerInOtherNamespace = true });
        if (value is { } set) mesh[0].Sysctls["net.bridge.bridge-nf-call-iptables"] = set;
        var nat = Rulesets.Table(Rulesets.Chain("KUBE-SERVICES", [Rulesets.Return])) with { Name = "nat", Family = NetfilterFamily.Ipv4 };
        mesh[0].Bend = space => space with { Netfilter = new() { Source = "test", At = TestNode.Now, Value = new NetfilterFact { Tables = [nat] } } };
        var report = mesh.Diagnose();
        if (!found) report.ShouldBeQuiet();
        else report.ShouldHaveOne("WG-BRIDGE-NETFILTER", "node-000").Finding.Severity.ShouldBe(Severity.Warning);
    }

    private static void AddPod(TestNode node, string? gateway, bool pod, string neighbour = "FAILED")
    {
        var outer = node.Links.Single(link => link.Master is not null).Index;
        node.ChangeLink(outer, link => link with { Peer = 2, PeerInOtherNamespace = true });
        List<RouteFact> routes = [new() { Destination = IpPrefix.Parse("10.244.1.0/24"), Table = 254, Type = RouteType.Unicast, Protocol = 2, NextHops = [new(2, null)] }];
        if (gateway is not null) routes.Add(new() { Destination = IpPrefix.Parse("0.0.0.0/0"), Table = 254, Type = RouteType.Unicast, NextHops = [new(2, IpAddr.Parse(gateway))] });
        var host = node.ToFacts().Namespaces[0];
        node.Pods.Add(host with
        {
            Id = "net:[pod]",
            Name = "/run/netns/pod",
            Owners = pod ? [new NamespaceOwnerFact { PodUid = "6f0c" }] : null,
            Links = Read<IReadOnlyList<LinkFact>>([new LinkFact { Index = 2, Name = "eth0", Kind = "veth", Up = true, LowerUp = true, Mtu = 1420, Peer = outer, PeerInOtherNamespace = true }]),
            Addresses = Read<IReadOnlyList<AddressFact>>([new AddressFact { Link = 2, Address = IpAddr.Parse("10.244.1.5"), PrefixLength = 24 }]),
            Routes = Read<IReadOnlyList<RouteFact>>(routes),
            Neighbours = Read<IReadOnlyList<NeighbourFact>>(gateway is null ? [] : [new NeighbourFact(2, IpAddr.Parse(gateway), neighbour)]),
            RouteLookups = Read<IReadOnlyList<RouteLookupFact>>([]),
            KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([]),
            UserspaceWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([]),
        });
    }

    private static Fact<T> Read<T>(T value)
        where T : class => new() { Source = "test", At = TestNode.Now, Value = value };
}
