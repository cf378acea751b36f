// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes with odd peers, devices, addresses and lives that no rule was written for. Written before the first run.</summary>
internal static class UnseenOdditiesLife
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Healthy("unseen-laptops", "B knows forty laptops that have been away for weeks, without endpoint and keepalive") with
        {
            Layouts = Layouts.Sites | Layouts.Hub,
            Prepare = (s, ct) => s.DoAsync(s.B, $"for i in $(seq 1 40); do wg set {s.Device(s.B)} peer $(wg genkey | wg pubkey) allowed-ips {(s.V6 ? "fd00:10:99::1:$i/128" : "10.99.0.$((100+i))/32")}; done", ct),
        },
        Healthy("unseen-offline-peers-with-endpoints", "A knows nodes that are away for weeks by their last endpoints, with routes, and nobody sends to them") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => s.DoAsync(s.A, $"for i in 1 2 3 4 5; do wg set {s.Device(s.A)} peer $(wg genkey | wg pubkey) endpoint {s.At(s.V6 ? "2001:db8:99::$i" : "203.0.113.20$i", 51820)} allowed-ips {(s.V6 ? "fd00:10:20$i::/64" : "10.20$i.0.0/24")}; {s.Ip} route add {(s.V6 ? "fd00:10:20$i::/64" : "10.20$i.0.0/24")} dev {s.Device(s.A)}; done", ct),
        },
        Healthy("unseen-hundreds-of-prefixes", "B owns three hundred prefixes on A, and a laptop owns a part of one of them") with
        {
            Layouts = Layouts.Sites,
            Prepare = async (s, ct) =>
            {
                var more = string.Join(',', Enumerable.Range(0, 300).Select(i => s.V6 ? $"fd00:10:77:{i:x}::/64" : $"10.{100 + (i / 100)}.{i % 100}.0/24"));
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} allowed-ips {string.Join(',', s.Network.PlanOf(s.A).Peers[0].AllowedIps)},{more}", ct);
                await s.DoAsync(s.A, $"wg set {s.Device(s.A)} peer $(wg genkey | wg pubkey) allowed-ips {(s.V6 ? "fd00:10:77:7:8000::/65" : "10.100.7.128/25")}", ct);
                if (!s.V6) await s.DoAsync(s.A, $"for i in 100 101 102; do ip route add 10.$i.0.0/16 dev {s.Device(s.A)}; done", ct);
            },
        },
        Healthy("unseen-link-local-inside", "the tunnel has link-local addresses too, for a routing protocol") with
        {
            Layouts = Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, async n =>
            {
                var other = s.Network.Nodes.First(o => o != n);
                await s.WgSetAsync(n, $"peer {s.Key(other)} allowed-ips {string.Join(',', s.Network.PlanOf(n).Peers[0].AllowedIps)},fe80::{other.Number}/128,169.254.9.{other.Number}/32,ff02::5/128,224.0.0.5/32", ct);
                return await s.DoAsync(n, $"ip -6 addr add fe80::{n.Number}/64 dev {s.Device(n)} nodad; ip addr add 169.254.9.{n.Number}/30 dev {s.Device(n)}", ct);
            }),
        },
        Healthy("unseen-jumbo", "the underlay carries 9000 bytes and the tunnel 8920") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.Large,
            Prepare = async (s, ct) =>
            {
                foreach (var n in s.Network.Nodes) await s.DoRouterAsync($"ip link set node-{n.Number} mtu 9000", ct);
                foreach (var n in s.Network.Nodes)
                {
                    await s.DoAsync(n, $"ip link set {s.Uplink(n)} mtu 9000; ip link set {s.Device(n)} mtu 8920; ip link set {s.PodDevice(n)} mtu 8920; ip link set veth-pod mtu 8920 2>/dev/null || true", ct);
                    await s.DoPodAsync(n, "ip link set eth0 mtu 8920", ct);
                }

                if (s.Layout == Layouts.Flannel) await s.DoRouterAsync("ip link set underlay mtu 9000", ct);
            },
        },
        Healthy("unseen-stream-without-answers", "A's pod sends a stream that nobody answers, and nothing else flows") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.None,
            SettleSeconds = 4,
            InjectAsync = async (s, ct) =>
            {
                var family = s.V6 ? "AF_INET6" : "AF_INET";
                await s.StartAsync(s.B.Pod, $"exec python3 -c \"import socket; s=socket.socket(socket.{family},socket.SOCK_DGRAM); s.bind(('{(s.V6 ? "::" : "0.0.0.0")}',9999)); [s.recv(2000) for _ in iter(int,1)]\"", ct);
                await s.StartAsync(s.A.Pod, $"sleep 1; exec python3 -c \"import socket,time; s=socket.socket(socket.{family},socket.SOCK_DGRAM); [(s.sendto(b'x'*900,('{s.Pod(s.B)}',9999)),time.sleep(0.05)) for _ in iter(int,1)]\"", ct);
            },
        },
        Healthy("unseen-bursts", "a burst of packets every four seconds, and silence between") with
        {
            Layouts = Layouts.Flannel | Layouts.Hub,
            Traffic = Traffic.None,
            InjectAsync = (s, ct) => s.StartAsync(s.A.Pod, $"while :; do ping -q -n -c 60 -i 0.002 -s 1200 {s.Pod(s.B)} >/dev/null 2>&1; sleep 4; done", ct),
        },
        Healthy("unseen-new-device", "A's WireGuard device was made anew with the same key, its counters began at zero") with
        {
            SettleSeconds = 8,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip link del {s.Device(s.A)}; for n in $({s.Ip} rule | grep 'lookup 1 *$' | cut -d: -f1); do {s.Ip} rule del prio $n; done; {s.Ip} route flush table 1 2>/dev/null || true; sleep 1", ct);
                await s.Network.CreateDeviceAsync(s.A, ct);
            },
        },
        Healthy("unseen-reboot", "B was booted again: uplink and tunnel were down, everything is set up anew") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            SettleSeconds = 10,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"ip link del {s.Device(s.B)}; ip link set {s.Uplink(s.B)} down; sleep 2; ip link set {s.Uplink(s.B)} up; {s.Ip} addr replace {s.Outer(s.B)}/{s.Network.PlanOf(s.B).OuterLength} dev {s.Uplink(s.B)}{(s.V6 ? " nodad" : "")}; {s.Ip} route replace default via {s.Gateway(s.B)} dev {s.Uplink(s.B)}", ct);
                await s.Network.CreateDeviceAsync(s.B, ct);
            },
        },
        Healthy("unseen-pods-come-and-go", "other pods are made and deleted on B all the time") with
        {
            Layouts = Layouts.Flannel | Layouts.Calico,
            InjectAsync = (s, ct) => s.StartAsync(s.B.Host, $"i=0; while :; do i=$((i+1)); ip link add vethx$i type veth peer name podx$i; ip link set vethx$i up; sleep 0.3; ip link del vethx$i; done", ct),
        },
        Healthy("unseen-privacy-addresses", "the uplinks have temporary and deprecated IPv6 addresses beside the planned one") with
        {
            Families = Families.V6,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n, $"a={s.Outer(n)}; p=${{a%::*}}; for i in 1 2 3; do ip -6 addr add $p:9:$i$i:aaaa:b{n.Number}/64 dev {s.Uplink(n)} nodad preferred_lft 0 valid_lft 3600; done; ip -6 addr add $p:8:77:cccc:d{n.Number}/64 dev {s.Uplink(n)} nodad valid_lft 7200 preferred_lft 3600; ip -6 addr change $a/64 dev {s.Uplink(n)} nodad", ct)),
        },
        Healthy("unseen-virtual-address", "A holds the virtual address of a VRRP group, and a second address of the same network") with
        {
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            Families = Families.V4,
            Prepare = (s, ct) => s.DoAsync(s.A, $"a={s.Outer(s.A)}; ip addr add ${{a%.*}}.200/32 dev {s.Uplink(s.A)} label {s.Uplink(s.A)}:vip; ip addr add ${{a%.*}}.201/{s.Network.PlanOf(s.A).OuterLength} dev {s.Uplink(s.A)}", ct),
        },
        Healthy("unseen-known-by-its-second-address", "A knows B by B's second address, from which B answers") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            Prepare = async (s, ct) =>
            {
                var second = s.Outer(s.B)[..(s.Outer(s.B).LastIndexOf('.') + 1)] + "88";
                await s.DoAsync(s.B, $"ip addr add {second}/{s.Network.PlanOf(s.B).OuterLength} dev {s.Uplink(s.B)}; wg set {s.Device(s.B)} peer {s.Key(s.A)} remove", ct);
                var own = s.Network.PlanOf(s.B).Peers.First(p => p.Node == s.A.Number);
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} allowed-ips {string.Join(',', own.AllowedIps)}", ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} endpoint {s.At(second, s.Port(s.B))}", ct);
            },
        },
        Healthy("unseen-queues", "fair queues on every device, and a generous bucket on the tunnel") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.Busy,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"tc qdisc replace dev {s.Device(n)} root tbf rate 900mbit burst 1m limit 4m; tc qdisc replace dev {s.PodDevice(n)} root pfifo limit 1000; tc qdisc add dev {s.Uplink(n)} ingress", ct)),
        },
    ];

    /// <summary>A second tunnel between A and B with the same networks; every route has a leg through each.</summary>
    internal static async Task TwinTunnelAsync(Scene s, CancellationToken ct)
    {
        const string Device = "wg1";
        const int Port = 51830;
        var keys = new Dictionary<LabNode, string>();
        foreach (var node in s.Network.Nodes)
        {
            await s.DoAsync(node, $"{s.Network.CreateCommand(Device)} && wg genkey | wg set {Device} private-key /dev/stdin listen-port {Port}", ct);
            keys[node] = (await s.DoAsync(node, $"wg show {Device} public-key", ct)).Trim();
        }

        foreach (var (node, other) in new[] { (s.A, s.B), (s.B, s.A) })
        {
            await s.DoAsync(
                node,
                $"wg set {Device} peer {keys[other]} endpoint {s.Endpoint(other, Port)} allowed-ips 10.98.0.{other.Number}/32,{s.PodNetwork(other)}; ip link set {Device} addrgenmode none mtu 1420 up; ip addr add 10.98.0.{node.Number}/24 dev {Device}; "
                + $"sysctl -qw net.ipv4.fib_multipath_hash_policy=1; ip route replace {s.PodNetwork(other)} scope link nexthop dev {s.Device(node)} weight 1 nexthop dev {Device} weight 1",
                ct);
        }
    }
}
