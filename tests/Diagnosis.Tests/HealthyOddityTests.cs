// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests;

/// <summary>Unusual things that work: a warning here would be worse than none.</summary>
public sealed class HealthyOddityTests
{
    [Fact]
    public void Kilo_LeadersWithNodeAddressesAndStandby_IsQuiet()
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 3; i++)
        {
            var node = Layouts.Node($"kilo-{i}", i, v6: false);
            var device = node.AddDevice("kilo0");
            if (i == 2) node.SetDown(device);
            else node.AddAddress(device.Link, $"10.4.0.{i + 1}/16");
            Layouts.PodBridge(node, "kube-bridge", $"10.42.{i}.1/24");
            mesh.Nodes.Add(node);
        }

        // Location 1 is nodes 1 and 2; node 1 leads, node 2 is reached over an IPIP device.
        Layouts.Enter(mesh, 0, 1, new Setup(), ["10.4.0.2/32", "10.42.1.0/24", "10.42.2.0/24", "192.0.2.11/32", "192.0.2.12/32"]);
        Layouts.Enter(mesh, 1, 0, new Setup(), ["10.4.0.1/32", "10.42.0.0/24", "192.0.2.10/32"]);
        mesh[0].AddRoute("10.42.1.0/24", mesh.Device(0).Link, "10.4.0.2", protocol: 4).AddRoute("10.42.2.0/24", mesh.Device(0).Link, "10.4.0.2", protocol: 4);
        mesh[1].AddRoute("10.42.0.0/24", mesh.Device(1).Link, "10.4.0.1", protocol: 4).AddRoute("10.42.2.0/24", mesh[1].AddLink("tunl0", "ipip"), "192.0.2.12", protocol: 4);
        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Submariner_GatewaysWithoutAddress_IsQuiet()
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 2; i++)
        {
            var node = Layouts.Node($"gateway-{i}", i, v6: false);
            var device = node.AddDevice("submariner");
            device.Port = 4500;
            Layouts.PodBridge(node, "cni0", $"10.{130 + i}.0.1/24");
            node.AddRoute($"10.{131 - i}.0.0/16", device.Link, table: 150);
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 150, Action = 1, Table = 150 });
            mesh.Nodes.Add(node);
        }

        Layouts.Connect(mesh, new Setup(Keepalive: 10), i => [$"10.{130 + i}.0.0/16"]);
        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
        mesh.Diagnose(0).ShouldBeQuiet();
    }

    [Fact]
    public void Liqo_CatchAllBehindANodePort_IsQuiet()
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 2; i++)
        {
            var node = Layouts.Node($"liqo-{i}", i, v6: false);
            var device = node.AddDevice("liqo-tunnel", mtu: 1340);
            node.AddAddress(device.Link, $"169.254.18.{i + 1}/30").AddRoute($"10.{71 - i}.0.0/16", device.Link);
            device.Port = 51840;
            mesh.Nodes.Add(node);
        }

        Layouts.Connect(mesh, new Setup(), _ => ["0.0.0.0/0"]);
        // The node port of the other cluster, redirected to 51840; never used so far.
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.11"), 31840);
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void TwoMeshesOnTheSameNodes_AreJudgedApart()
    {
        var mesh = Layouts.Flannel(3, new Setup(V6: true)).TalkAll();
        for (var i = 0; i < 3; i++)
        {
            var vpn = mesh[i].AddDevice("vpn0");
            vpn.Port = 52000;
            if (i == 0) mesh[i].AddAddress(vpn.Link, "10.77.0.1/24");
        }

        foreach (var (from, to) in new[] { (0, 1), (1, 0) })
            mesh[from].Devices[1].AddPeer(mesh[to].Devices[1]).Allow($"10.77.0.{to + 1}/32").Endpoint = new IpEndpoint(IpAddr.Parse($"192.0.2.{10 + to}"), 52000);
        mesh[1].AddAddress(mesh[1].Devices[1].Link, "10.77.0.2/24");
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Sockets_OfOtherNamespacesAndOfDeadDevices_AreNotListed_HungOnesAre()
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: true)).TalkAll();
        mesh[0].SocketProblems.Add(new UapiSocketFact("wg-other", UapiSocketProblem.OtherNamespace, "not here"));
        mesh[0].SocketProblems.Add(new UapiSocketFact("wg-dead", UapiSocketProblem.Stale, "connection refused"));
        mesh[0].SocketProblems.Add(new UapiSocketFact("wg-hung", UapiSocketProblem.Hung, "no answer"));
        var report = mesh.Diagnose();
        report.ShouldBeQuiet();
        report.CouldNotCheck.ShouldHaveSingleItem().What.ShouldContain("wg-hung");
    }

    [Fact]
    public void StaleSocket_OfADeviceThatIsStillThere_IsListed()
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: true)).TalkAll();
        mesh[0].SocketProblems.Add(new UapiSocketFact(mesh.Device(0).Name, UapiSocketProblem.Stale, "connection refused"));
        mesh.Diagnose().CouldNotCheck.ShouldHaveSingleItem().Reason.ShouldStartWith("Stale");
    }

    [Fact]
    public void ZeroKeyPeer_IsIgnored()
    {
        var mesh = Layouts.Cilium(2).TalkAll();
        mesh.Device(0).AddPeer(Convert.ToBase64String(new byte[32])).Allow("10.0.1.17/32");
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void RelayedPeersOnLoopback_AreQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup(Keepalive: 25));
        foreach (var (from, to) in new[] { (0, 1), (1, 0) })
        {
            mesh.Peer(from, to).Endpoint = new IpEndpoint(IpAddr.Parse("127.0.0.1"), 40001);
            mesh[from].AddAddress(1, "127.0.0.1/8");
            mesh[from].ChangeLink(mesh.Device(from).Link, link => link with { Mtu = 1500 });
        }

        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void NodeWithoutPodsYet_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var bridge = mesh[2].LinkIndex("cni0");
        mesh[2].Links.RemoveAll(link => link.Index == bridge || link.Master == bridge);
        mesh[2].Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == bridge));
        mesh[2].Addresses.RemoveAll(address => address.Link == bridge);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void VirtualServiceAddressesOnEveryNode_AreNobodys()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            var ipvs = node.AddLink("kube-ipvs0", "dummy");
            node.AddAddress(ipvs, "10.96.0.1/32").AddAddress(ipvs, "10.244.200.1/32");
        }

        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void OneWayStream_IsHealthy()
    {
        // Logs by UDP: data one way only, and the receiver got it.
        var mesh = Layouts.Flannel(2, new Setup()).Session(0, 1);
        mesh.Peer(0, 1).Sent = new(90000, 64000);
        mesh.Peer(1, 0).Received = new(90000, 63872);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void PartlyUnobservedMesh_WithForeignPeers_IsQuiet()
    {
        var mesh = Layouts.WgQuick(5, new Setup()).TalkAll();
        mesh.Diagnose(0, 1).ShouldBeQuiet();
        mesh.Diagnose(1, 3, 4).ShouldBeQuiet();
    }

    [Fact]
    public void SecondDefaultRouteAndHostRoutesToEndpoints_AreQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var lte = mesh[0].AddLink("wwan0");
        mesh[0].AddAddress(lte, "198.51.100.7/24").AddRoute("0.0.0.0/0", lte, "198.51.100.1", metric: 700)
            .AddRoute("192.0.2.11/32", lte, "198.51.100.1").AddRoute("10.0.0.0/8", mesh[0].LinkIndex("eth0"), "192.0.2.1");
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void OneSpokeWithFewerRights_IsQuiet()
    {
        // The administrator's node may reach both LANs of the hub, the other spokes one of them.
        var mesh = Layouts.Hub(3).Talk(0, 1).Talk(0, 2).Talk(0, 3);
        mesh[0].AddAddress(mesh[0].AddLink("mgmt0"), "10.30.0.1/24");
        mesh.Peer(1, 0).AllowedIps.Add(IpPrefix.Parse("10.30.0.0/24"));
        mesh[1].AddRoute("10.30.0.0/24", mesh.Device(1).Link);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void DownLinkOfAnUnusedBridge_AndUnknownOperState_AreQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            node.ChangeLink(node.Device.Link, link => link with { OperState = "UNKNOWN" });
            var virbr = node.AddLink("virbr0", "bridge");
            node.AddAddress(virbr, "192.168.122.1/24").ChangeLink(virbr, link => link with { Up = false, OperState = "DOWN" });
        }

        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Summary_OfAHealthyMesh_CountsWhatIsThere()
    {
        var mesh = Layouts.Flannel(3, new Setup()).Talk(0, 1);
        mesh.Diagnose().Summary.ShouldBe("No fault found: 6 tunnels on 3 nodes, 2 in use, 4 idle.");
    }
}
