// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Cni;

/// <summary>What each network leaves on healthy nodes, and every habit that looks like a fault: nothing of warning or worse may be said.</summary>
public sealed class NormalBehaviourTests
{
    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Flannel_NeverUsedOrLongIdle_IsQuiet(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup);
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Session(0, 1, age: 4000).Session(0, 2, age: 400);
        mesh.Diagnose().ShouldBeQuiet();
        TestCluster.Flannel(mesh, setup).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Flannel_PeerWithoutAllowedIpsAfterAKeyChange_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        var cluster = TestCluster.Flannel(mesh, new Setup());
        foreach (var holder in new[] { 0, 2 })
        {
            var old = mesh.Device(holder).AddPeer(Keys.Of("the key before"));
            (old.Endpoint, old.HandshakeAge, old.Sent, old.Received) = (new IpEndpoint(IpAddr.Parse("192.0.2.11"), 51820), 9000, new(400, 0), new(400, 0));
        }

        cluster.Diagnose().ShouldBeQuiet();
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Calico_ThrowForOwnBlocksAndIdlePairs_AreQuiet()
    {
        var mesh = Layouts.Calico(3).Talk(0, 1);
        mesh.Diagnose().ShouldBeQuiet();
        TestCluster.Calico(mesh).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Calico_ANodeWithoutEncryption_IsQuiet()
    {
        var mesh = Layouts.Calico(3).Talk(0, 1);
        var cluster = TestCluster.Calico(mesh).Annotate(2, KnownAnnotations.CalicoKey, Convert.ToBase64String(new byte[32]));
        foreach (var other in new[] { 0, 1 })
        {
            mesh.Device(other).Peers.Remove(mesh.Peer(other, 2));
            mesh[other].Routes.RemoveAll(route => route.Table == 1 && (route.Destination == IpPrefix.Parse("10.100.2.0/26") || route.Destination == IpPrefix.Parse("10.100.2.200/32")));
            mesh[other].AddRoute("10.100.2.0/26", 0, table: 1, protocol: 80, type: RouteType.Throw).AddRoute("10.100.2.0/26", mesh[other].LinkIndex("eth0"), "192.0.2.12");
        }

        cluster.Diagnose(0, 1).ShouldBeQuiet();
    }

    [Fact]
    public void Cilium_NoAddressNoRouteLinkLocalEntriesAndAZeroKey_AreQuiet()
    {
        var mesh = Layouts.Cilium(3).Talk(0, 1);
        mesh.Device(2).AddPeer(Convert.ToBase64String(new byte[32])).Allow("10.0.1.17/32");
        mesh.Diagnose().ShouldBeQuiet();
        for (var i = 0; i < 3; i++) mesh.Diagnose(i).ShouldBeQuiet();
    }

    [Fact]
    public void Cilium_PaddedMtu_IsQuiet()
    {
        var mesh = Layouts.Cilium(3).Talk(0, 1);
        foreach (var node in mesh.Nodes) node.ChangeLink(node.Device.Link, link => link with { Mtu = 1405 });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Theory]
    [InlineData(1440)]
    [InlineData(1420)]
    public void Antrea_GatewaysAddressTwice_IsQuiet(int mtu)
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 3; i++)
        {
            var node = Layouts.Node($"antrea-{i}", i, v6: false);
            var gateway = node.AddLink("antrea-gw0");
            node.AddAddress(gateway, $"10.10.{i}.1/24");
            var device = node.AddDevice("antrea-wg0", mtu: mtu);
            node.AddAddress(device.Link, $"10.10.{i}.1/32");
            for (var other = 0; other < 3; other++)
            {
                if (other != i) node.Routes.Add(new RouteFact { Destination = IpPrefix.Parse($"10.10.{other}.0/24"), Table = 254, Type = RouteType.Unicast, Protocol = 4, Scope = 253, PreferredSource = IpAddr.Parse($"10.10.{i}.1"), NextHops = [new(device.Link, null)] });
            }

            mesh.Nodes.Add(node);
        }

        Layouts.Connect(mesh, new Setup(), i => [$"10.10.{i}.0/24"]);
        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
        mesh.Diagnose(2).ShouldBeQuiet();
    }

    [Fact]
    public void NetBird_RelayedPeersMarksAndItsTable_AreQuiet()
    {
        var mesh = Overlay("wt0", 1280, 25, i => $"100.64.0.{i + 1}", (node, device) =>
        {
            device.Mark = 0x1bd00;
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 105, Action = 1, Table = 254, SuppressPrefixLength = 0 });
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 110, Action = 1, Table = 7120, Mark = 0x1bd00, MarkMask = 0xffffffff, Invert = true });
            node.Sysctls["net.ipv4.conf.all.src_valid_mark"] = 1;
        });
        foreach (var (from, to) in new[] { (0, 2), (2, 0) })
        {
            mesh.Peer(from, to).Endpoint = new IpEndpoint(IpAddr.Parse("127.0.0.1"), 41234);
            if (!mesh[from].Addresses.Exists(address => address.Link == 1)) mesh[from].AddAddress(1, "127.0.0.1/8");
        }

        mesh.Talk(0, 1).Talk(0, 2).Talk(1, 2).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void Netmaker_RelayedHostsWithoutAPeer_AreQuiet()
    {
        var mesh = Overlay("netmaker", 1420, 20, i => $"10.101.0.{i + 1}", (_, device) => device.Port = 51821);
        mesh.Device(0).Peers.Remove(mesh.Peer(0, 2));
        mesh.Device(2).Peers.Remove(mesh.Peer(2, 0));
        mesh.Peer(0, 1).AllowedIps.Add(IpPrefix.Parse("10.101.0.3/32"));
        mesh.Peer(2, 1).AllowedIps.Add(IpPrefix.Parse("10.101.0.1/32"));
        mesh.Talk(0, 1).Talk(1, 2).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void KubeSpan_MarksATableAndNodeAddresses_AreQuiet()
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 3; i++)
        {
            var node = Layouts.Node($"talos-{i}", i, v6: false);
            var device = node.AddDevice("kubespan");
            (device.Mark, device.Port) = (0x20, 51820);
            node.AddAddress(device.Link, $"fd83:654e:8f8c:2d02::{i + 1}/128").AddRoute("0.0.0.0/0", device.Link, table: 180).AddRoute("::/0", device.Link, table: 180);
            foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
                node.Rules.Add(new() { Family = family, Priority = 32500, Action = 1, Table = 180, Mark = 0x40, MarkMask = 0x60 });
            mesh.Nodes.Add(node);
        }

        Layouts.Connect(mesh, new Setup(Keepalive: 25), i => [$"192.0.2.{10 + i}/32", $"fd83:654e:8f8c:2d02::{i + 1}/128"]);
        mesh.TalkAll().Diagnose().ShouldBeQuiet();
        mesh.Diagnose(1).ShouldBeQuiet();
    }

    [Fact]
    public void WgQuick_FullTunnelOfOneClient_IsQuiet()
    {
        var mesh = Layouts.Hub(1);
        var client = mesh[1];
        (mesh.Device(1).Mark, client.Sysctls["net.ipv4.conf.all.src_valid_mark"]) = (51820, 1);
        mesh.Peer(1, 0).Allow("0.0.0.0/0");
        client.Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.20.0.0/16"));
        client.AddRoute("0.0.0.0/0", mesh.Device(1).Link, table: 51820);
        client.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32764, Action = 1, Table = 254, SuppressPrefixLength = 0 });
        client.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32765, Action = 1, Table = 51820, Mark = 51820, MarkMask = 0xffffffff, Invert = true });
        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
        mesh.Diagnose(1).ShouldBeQuiet();
    }

    [Fact]
    public void Tailscale_OnlyATunAndItsRules_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            var tun = node.AddLink("tailscale0", "tun", 1280);
            node.AddAddress(tun, $"100.101.102.{node.LinkIndex("eth0")}/32").AddRoute("100.100.100.100/32", tun, table: 52);
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 5210, Action = 1, Table = 254, Mark = 0x80000, MarkMask = 0xff0000 });
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 5270, Action = 1, Table = 52 });
        }

        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void TranslatedPorts_WithALivingSession_AreQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup(Keepalive: 25));
        mesh.Peer(1, 0).Endpoint = new IpEndpoint(IpAddr.Parse("203.0.113.9"), 39211);
        mesh.Talk(0, 1).Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void MulticastIntoAUsersTunnel_IsQuiet()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh.MoveLink(0, txErrors: 3);
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void OnePortInTwoNamespaces_IsQuiet()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var inside = new TestNode(mesh[0].Name);
        var device = inside.AddDevice("wg0");
        device.AddPeer(Keys.Of("office")).Allow("10.200.0.0/16").HandshakeAge = 20;
        inside.AddAddress(device.Link, "10.200.0.2/24");
        mesh[0].Pods.Add(inside.ToFacts().Namespaces[0] with { Id = "net:[4026532001]", Name = "/run/netns/vpn" });
        mesh.Diagnose().ShouldBeQuiet();
    }

    [Fact]
    public void ReversePathFilter_OfNewDevicesOnly_IsQuiet()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes)
        {
            (node.Sysctls["net.ipv4.conf.default.rp_filter"], node.Sysctls["net.ipv4.conf.all.rp_filter"], node.Sysctls["net.ipv4.conf.wg-pods.rp_filter"]) = (1, 0, 0);
            node.ChangeLink(node.Device.Link, link => link with { OperState = "UNKNOWN" });
        }

        mesh.Diagnose().ShouldBeQuiet();
    }

    // A flat VPN: one address for each node, every node a peer of every other.
    private static TestMesh Overlay(string name, int mtu, ushort keepalive, Func<int, string> address, Action<TestNode, TestDevice> more)
    {
        var mesh = new TestMesh();
        for (var i = 0; i < 3; i++)
        {
            var node = Layouts.Node($"host-{i}", i, v6: false);
            var device = node.AddDevice(name, mtu: mtu);
            node.AddAddress(device.Link, $"{address(i)}/16");
            more(node, device);
            mesh.Nodes.Add(node);
        }

        Layouts.Connect(mesh, new Setup(Keepalive: keepalive), i => [$"{address(i)}/32"]);
        return mesh;
    }
}
