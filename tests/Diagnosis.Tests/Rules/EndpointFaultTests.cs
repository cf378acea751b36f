// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class EndpointFaultTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void StaleIp_NodeMoved_NamesTheSenderAndTheNewAddress(Setup setup)
    {
        var mesh = Tries(setup);
        var old = setup.V4 ? "192.0.2.99" : "2001:db8::99";
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse(old), 51820);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-STALE-IP", "node-000");
        cause.Commands().ShouldHaveSingleItem().ShouldContain(setup.V4 ? "192.0.2.11:51820" : "[2001:db8::b]:51820");
    }

    [Fact]
    public void StaleIp_AllHoldTheOldAddress_IsTheMovedNodes()
    {
        var mesh = Layouts.Flannel(4, new Setup(Keepalive: 25)).Talk(0, 2).Talk(0, 3).Talk(2, 3);
        foreach (var i in new[] { 0, 2, 3 }) (mesh.Peer(i, 1).Endpoint, mesh.Peer(i, 1).Sent, mesh.Peer(i, 1).HandshakeAge) = (new(IpAddr.Parse("192.0.2.99"), 51820), new(9000, 444), 400);
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-STALE-IP", "node-001").Finding.Remediation.Count.ShouldBe(3);
    }

    [Fact]
    public void StaleIp_RoamedOrUnusedOrLoopback_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("192.0.2.99"), 51820);
        mesh.Diagnose().ShouldBeQuiet();
        var idle = Layouts.Flannel(3, new Setup());
        idle.Peer(0, 1).Endpoint = new(IpAddr.Parse("192.0.2.99"), 51820);
        idle.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void PrivateAddress_FromAPublicNode_IsFound()
    {
        var mesh = Tries(new Setup());
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("10.88.0.1"), 51820);
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-PRIVATE-ADDR", "node-000");
        // A route of its own leads there: another VPN.
        mesh[0].AddRoute("10.88.0.0/16", mesh[0].LinkIndex("eth0"), "192.0.2.1");
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-ENDPOINT-PRIVATE-ADDR");
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void ListenPort_OfOneAmongEquals_IsDriftAtTheListener(Setup setup)
    {
        var mesh = Tries(setup);
        mesh.Device(1).Port = 44444;
        // Node 2 was healed by node 1's own packets.
        mesh.Peer(2, 1).Endpoint = new(mesh.Peer(2, 1).Endpoint!.Value.Address, 44444);
        mesh.Diagnose().ShouldHaveOne("WG-LISTEN-PORT-DRIFT", "node-001").Commands().ShouldBe(["node-001: wg set wg-pods listen-port 51820"]);
    }

    [Fact]
    public void PortInUse_KernelDeviceDownBesideAnother_ExplainsThatItIsDown()
    {
        var mesh = Layouts.Flannel(3, new Setup(Keepalive: 25)).TalkAll();
        mesh[1].SetDown(mesh.Device(1));
        mesh[1].AddDevice("wg-left");
        mesh.Diagnose().ShouldHaveOne("WG-PORT-IN-USE", "node-001").Consequences.ShouldContain(finding => finding.Code == "WG-IFACE-DOWN");
        mesh[1].Devices[1].Port = 51999;
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-PORT-IN-USE");
    }

    [Fact]
    public void PortInUse_UserspaceDeviceWithoutSocket_NamesTheProcess()
    {
        var mesh = Layouts.Flannel(3, new Setup(Userspace: true, Keepalive: 25)).Talk(0, 2);
        mesh.Device(1).Port = 0;
        mesh[1].Changes.Add(facts => facts with
        {
            Namespaces = [facts.Namespaces[0] with
            {
                UdpSockets = mesh[1].Fact(new UdpSocketsFact { Seen = 3, Sockets = [new() { Family = IpFamily.IPv4, Local = IpAddr.Parse("0.0.0.0"), LocalPort = 51820, Cookie = 7 }] }),
                SocketOwners = mesh[1].Fact(new SocketOwnersFact { Owners = [new(7, 1, SocketHolder.Process, [new(42, "dnsmasq")])] }),
            }],
        });
        mesh.Diagnose().ShouldHaveOne("WG-PORT-IN-USE", "node-001").Finding.Message.ShouldContain("dnsmasq");
    }

    [Fact]
    public void EndpointMissing_AtBothEnds_IsFound_AtOneEndIsNot()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 2).Talk(1, 2);
        mesh.Peer(0, 1).Endpoint = null;
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Peer(1, 0).Endpoint = null;
        var cause = mesh.Diagnose().RootCauses.Single(one => one.Finding.Code == "WG-ENDPOINT-MISSING");
        cause.Finding.Severity.ShouldBe(Severity.Error);
        cause.Finding.Remediation.Count.ShouldBe(2);
    }

    [Fact]
    public void EndpointFamily_NodeWithoutIt_IsFound_WithALivingSessionNot()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 2).Talk(1, 2);
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("2001:db8::11"), 51820);
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-FAMILY", "node-000").Commands().ShouldHaveSingleItem().ShouldContain("192.0.2.11:51820");
        mesh.Peer(0, 1).HandshakeAge = 20;
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.Families), MemberType = typeof(Setup))]
    public void InsideTunnel_RouteAndAllowedIpsCoverTheEndpoint_IsFound(Setup setup)
    {
        var mesh = Tries(setup);
        var endpoint = mesh.Peer(0, 1).Endpoint!.Value.Address;
        mesh.Peer(0, 1).AllowedIps.Add(IpPrefix.Default(endpoint.Family));
        mesh[0].AddRoute(IpPrefix.Host(endpoint).ToString(), mesh.Device(0).Link);
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-ENDPOINT-INSIDE-TUNNEL");
        // AllowedIPs alone, as node encryption has them, lead nowhere.
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Host(endpoint) && route.Table != 255);
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-ENDPOINT-INSIDE-TUNNEL");
    }

    [Fact]
    public void NatIdle_SilentNodeBehindATranslator_IsFound()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 2).Talk(1, 2).Session(0, 1);
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(9000, 2048), new(900, 0));
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("203.0.113.7"), 40022);
        mesh.Diagnose().ShouldHaveOne("WG-NAT-IDLE-TIMEOUT", "node-001").Commands().ShouldHaveSingleItem().ShouldEndWith("persistent-keepalive 25");
        // It sends, so that the mapping is alive.
        mesh.Peer(1, 0).Sent = new(5000, 2048);
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-NAT-IDLE-TIMEOUT");
    }

    [Fact]
    public void NatRebind_MappingMovedDuringTheObservation_IsAWarning()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        (mesh.Peer(0, 1).PreviousEndpoint, mesh.Peer(0, 1).Endpoint) = (new(IpAddr.Parse("203.0.113.7"), 40001), new(IpAddr.Parse("203.0.113.7"), 40002));
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-NAT-REBIND", "node-001").Finding.Severity.ShouldBe(Severity.Warning);
        // Roamed from one uplink to another of its own.
        (mesh.Peer(0, 1).PreviousEndpoint, mesh.Peer(0, 1).Endpoint) = (new(IpAddr.Parse("203.0.113.7"), 51820), new(IpAddr.Parse("192.0.2.11"), 51820));
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void UnreachableNat_OthersSeeTheNodeThere_IsFound()
    {
        var mesh = Tries(new Setup());
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("203.0.113.7"), 51820);
        mesh.Peer(2, 1).Endpoint = new(IpAddr.Parse("203.0.113.7"), 40001);
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-UNREACHABLE-NAT", "node-001");
    }

    [Fact]
    public void Multihome_OtherSourceThanThePeerKnows_IsFound()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 2).Talk(1, 2);
        mesh[1].AddAddress(mesh[1].LinkIndex("eth0"), "192.0.2.77/24");
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("192.0.2.77"), 51820);
        mesh.Peer(1, 0).Sent = new(444, 444);
        mesh.Diagnose().ShouldHaveOne("WG-SOURCE-ADDR-MULTIHOME", "node-001");
        mesh.Peer(1, 0).Sent = new(0, 0);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void DnsStale_ConfigurationWasRead_IsFound_ElseNot()
    {
        var mesh = Tries(new Setup());
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-ENDPOINT-DNS-STALE");
        mesh[0].Changes.Add(facts => facts with
        {
            TunnelConfigs = mesh[0].Fact<IReadOnlyList<TunnelConfigFact>>([new() { Device = "wg-pods", Source = "/etc/wireguard/wg-pods.conf", Peers = [new(mesh.Device(1).Key, "b.example:51820", [IpAddr.Parse("192.0.2.50")])] }]),
        });
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-DNS-STALE", "node-000").Commands().ShouldHaveSingleItem().ShouldContain("192.0.2.50:51820");
    }

    [Fact]
    public void StaleConntrack_EntryAgainstTheRulesOfNow_IsFound()
    {
        var mesh = Tries(new Setup());
        void Track(string reply) => mesh[0].Changes.Add(facts => facts with
        {
            Namespaces = [facts.Namespaces[0] with
            {
                Netfilter = mesh[0].Fact(new NetfilterFact()),
                ConntrackFlows = mesh[0].Fact(new ConntrackFlows { Outer = [Flow(mesh, reply)] }),
            }],
        });
        Track("192.0.2.200");
        mesh.Diagnose().ShouldHaveOne("WG-CONNTRACK-STALE-DNAT", "node-000").Commands().ShouldHaveSingleItem().ShouldContain("conntrack -D");
        mesh[0].Changes.Clear();
        Track("192.0.2.11");
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-CONNTRACK-STALE-DNAT");
    }

    [Fact]
    public void EndpointThatIsTranslatedOnTheNode_IsNoStaleOrPrivateAddress()
    {
        var mesh = Tries(new Setup());
        mesh.Peer(0, 1).Endpoint = new(IpAddr.Parse("10.96.0.77"), 51820);
        mesh.Diagnose().ShouldHaveOne("WG-ENDPOINT-PRIVATE-ADDR", "node-000");
        mesh[0].Bend = space => space with { ConntrackFlows = mesh[0].Fact(new ConntrackFlows { Outer = [Flow(mesh, "192.0.2.11")] }) };
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-ENDPOINT-PRIVATE-ADDR" || cause.Finding.Code == "WG-ENDPOINT-STALE-IP");
    }

    private static ConntrackFlow Flow(TestMesh mesh, string reply)
    {
        var (here, there) = (IpAddr.Parse("192.0.2.10"), mesh.Peer(0, 1).Endpoint!.Value.Address);
        return new()
        {
            Original = new() { Source = here, Destination = there, Protocol = 17, SourcePort = 51820, DestinationPort = 51820 },
            Reply = new() { Source = IpAddr.Parse(reply), Destination = here, Protocol = 17, SourcePort = 51820, DestinationPort = 51820 },
            Status = ConntrackStatus.Confirmed,
        };
    }

    // Node 0 tries to reach node 1 in vain; the others talk.
    private static TestMesh Tries(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).Talk(0, 2).Talk(1, 2);
        mesh.Peer(0, 1).Sent = new(444, 444);
        return mesh;
    }
}
