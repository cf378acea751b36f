// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>What a test's mesh is made of.</summary>
/// <param name="V4">Inner IPv4, and the underlay unless only IPv6 is wanted.</param>
/// <param name="V6">Inner IPv6.</param>
/// <param name="Userspace">Devices of a userspace implementation.</param>
/// <param name="Keepalive">Persistent keepalive in seconds.</param>
public sealed record Setup(bool V4 = true, bool V6 = false, bool Userspace = false, ushort Keepalive = 0)
{
    /// <summary>Both families, kernel and userspace.</summary>
    public static TheoryData<Setup> All => [new(), new(V6: true, V4: false), new(Userspace: true), new(V6: true, V4: false, Userspace: true)];

    public static TheoryData<Setup> Families => [new(), new(V6: true, V4: false)];
}

/// <summary>Builds meshes as the tools of the field lay them out.</summary>
internal static class Layouts
{
    /// <summary>A node on the underlay with a default route, and nothing else.</summary>
    public static TestNode Node(string name, int number, bool v4 = true, bool v6 = true)
    {
        var node = new TestNode(name);
        var eth = node.AddLink("eth0");
        if (v4) node.AddAddress(eth, $"192.0.2.{10 + number}/24").AddRoute("0.0.0.0/0", eth, "192.0.2.1");
        if (v6) node.AddAddress(eth, $"2001:db8::{10 + number:x}/64").AddRoute("::/0", eth, "2001:db8::1");
        return node;
    }

    /// <summary>A bridge with one pod on it.</summary>
    public static int PodBridge(TestNode node, string name, params string[] addresses)
    {
        var bridge = node.AddLink(name, "bridge", 1420);
        node.AddLink($"veth{bridge}", "veth", 1420, bridge);
        foreach (var address in addresses) node.AddAddress(bridge, address);
        return bridge;
    }

    /// <summary>Flannel's wireguard backend: the first address of the pod network as a host address, one route for the cluster, AllowedIPs = pod network.</summary>
    public static TestMesh Flannel(int nodes, Setup setup)
    {
        var mesh = new TestMesh();
        for (var i = 0; i < nodes; i++)
        {
            var node = Node($"node-{i:000}", i, v6: setup.V6, v4: setup.V4);
            var device = node.AddDevice("wg-pods", setup.Userspace);
            if (setup.V4)
            {
                node.AddAddress(device.Link, $"10.244.{i}.0/32").AddRoute("10.244.0.0/16", device.Link);
                PodBridge(node, "cni0", $"10.244.{i}.1/24");
            }

            if (setup.V6)
            {
                node.AddAddress(device.Link, $"fd00:244:0:{i:x}::/128").AddRoute("fd00:244::/48", device.Link);
                PodBridge(node, "cni1", $"fd00:244:0:{i:x}::1/64");
            }

            mesh.Nodes.Add(node);
        }

        Connect(mesh, setup, i => [.. setup.V4 ? [$"10.244.{i}.0/24"] : Array.Empty<string>(), .. setup.V6 ? [$"fd00:244:0:{i:x}::/64"] : Array.Empty<string>()]);
        return mesh;
    }

    /// <summary>wg-quick between sites: numbered tunnel, a LAN behind each node, one route per AllowedIPs entry.</summary>
    public static TestMesh WgQuick(int nodes, Setup setup)
    {
        var mesh = new TestMesh();
        for (var i = 0; i < nodes; i++)
        {
            var node = Node($"site-{i:000}", i, v6: setup.V6, v4: setup.V4);
            var device = node.AddDevice("wg0", setup.Userspace);
            var lan = node.AddLink("lan0");
            if (setup.V4) node.AddAddress(device.Link, $"10.99.0.{i + 1}/24").AddAddress(lan, $"10.{i + 1}.0.1/24");
            if (setup.V6) node.AddAddress(device.Link, $"fd99::{i + 1:x}/64").AddAddress(lan, $"fd00:{i + 1:x}::1/64");
            for (var other = 0; other < nodes; other++)
            {
                if (other == i) continue;
                if (setup.V4) node.AddRoute($"10.{other + 1}.0.0/24", device.Link);
                if (setup.V6) node.AddRoute($"fd00:{other + 1:x}::/64", device.Link);
            }

            mesh.Nodes.Add(node);
        }

        Connect(mesh, setup, i =>
        [
            .. setup.V4 ? [$"10.99.0.{i + 1}/32", $"10.{i + 1}.0.0/24"] : Array.Empty<string>(),
            .. setup.V6 ? [$"fd99::{i + 1:x}/128", $"fd00:{i + 1:x}::/64"] : Array.Empty<string>(),
        ]);
        return mesh;
    }

    /// <summary>Calico: blocks in a table of its own that unmarked packets ask first, a route per pod, blackholes for own blocks.</summary>
    public static TestMesh Calico(int nodes)
    {
        var mesh = new TestMesh();
        for (var i = 0; i < nodes; i++)
        {
            var node = Node($"calico-{i:000}", i);
            var device = node.AddDevice("wireguard.cali", mtu: 1440);
            node.AddAddress(device.Link, $"10.100.{i}.200/32");
            var pod = node.AddLink($"cali{i}", "veth", 1440);
            node.AddRoute($"10.100.{i}.5/32", pod).AddRoute($"10.100.{i}.0/26", 0, protocol: 80, type: Facts.RouteType.Blackhole);
            node.AddRoute($"10.100.{i}.0/26", 0, table: 1, protocol: 80, type: Facts.RouteType.Throw);
            node.Rules.Add(new() { Family = IpFamily.IPv4, Priority = 99, Action = 1, Table = 1, Mark = 0x200000, MarkMask = 0x200000, Invert = true });
            for (var other = 0; other < nodes; other++)
            {
                if (other != i) node.AddRoute($"10.100.{other}.0/26", device.Link, table: 1, protocol: 80).AddRoute($"10.100.{other}.200/32", device.Link, table: 1, protocol: 80);
            }

            mesh.Nodes.Add(node);
        }

        Connect(mesh, new Setup(), i => [$"10.100.{i}.0/26", $"10.100.{i}.200/32"]);
        return mesh;
    }

    /// <summary>Cilium in native routing: no address and no route on the device; node and pod addresses in AllowedIPs.</summary>
    public static TestMesh Cilium(int nodes)
    {
        var mesh = new TestMesh();
        for (var i = 0; i < nodes; i++)
        {
            var node = Node($"cilium-{i:000}", i);
            node.AddDevice("cilium_wg0").Port = 51871;
            var host = node.AddLink("cilium_host", "veth");
            node.AddAddress(host, $"10.0.{i}.200/32").AddRoute($"10.0.{i}.0/24", host, $"10.0.{i}.200");
            for (var other = 0; other < nodes; other++)
            {
                if (other != i) node.AddRoute($"10.0.{other}.0/24", node.LinkIndex("eth0"), $"192.0.2.{10 + other}");
            }

            mesh.Nodes.Add(node);
        }

        Connect(mesh, new Setup(), i => [$"192.0.2.{10 + i}/32", $"10.0.{i}.17/32", $"10.0.{i}.99/32", "fe80::1/128"]);
        return mesh;
    }

    /// <summary>A hub and its spokes: spokes know the hub only and give it the whole tunnel network and every LAN.</summary>
    public static TestMesh Hub(int spokes)
    {
        var mesh = new TestMesh();
        for (var i = 0; i <= spokes; i++)
        {
            var node = Node(i == 0 ? "hub" : $"spoke-{i:000}", i, v6: false);
            var device = node.AddDevice("wg0");
            node.AddAddress(device.Link, $"10.8.0.{i + 1}/24");
            var lan = node.AddLink("lan0");
            node.AddAddress(lan, $"10.20.{i}.1/24");
            mesh.Nodes.Add(node);
        }

        for (var i = 1; i <= spokes; i++)
        {
            Enter(mesh, i, 0, new Setup(), ["10.8.0.0/24", "10.20.0.0/16"]).Keepalive = 25;
            mesh[i].AddRoute("10.20.0.0/16", mesh.Device(i).Link);
            Enter(mesh, 0, i, new Setup(), [$"10.8.0.{i + 1}/32", $"10.20.{i}.0/24"]);
            mesh[0].AddRoute($"10.20.{i}.0/24", mesh.Device(0).Link);
        }

        return mesh;
    }

    /// <summary>Makes everyone a peer of everyone.</summary>
    public static void Connect(TestMesh mesh, Setup setup, Func<int, string[]> allowed)
    {
        for (var from = 0; from < mesh.Nodes.Count; from++)
        {
            for (var to = 0; to < mesh.Nodes.Count; to++)
            {
                if (from != to) Enter(mesh, from, to, setup, allowed(to));
            }
        }
    }

    public static TestPeer Enter(TestMesh mesh, int from, int to, Setup setup, string[] allowed)
    {
        var peer = mesh.Device(from).AddPeer(mesh.Device(to)).Allow(allowed);
        peer.Endpoint = new IpEndpoint(IpAddr.Parse(setup.V4 ? $"192.0.2.{10 + to}" : $"2001:db8::{10 + to:x}"), mesh.Device(to).Port);
        peer.Keepalive = setup.Keepalive;
        peer.Sent = new(0, 0);
        peer.Received = new(0, 0);
        return peer;
    }
}
