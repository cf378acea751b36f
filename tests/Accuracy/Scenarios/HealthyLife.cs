// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes in which something happens: other people's packets, peers that come and go, counters that grow elsewhere.</summary>
internal static class HealthyLife
{
    private const int TwoMinutes = 120;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Healthy("two-minutes", "two minutes under changing traffic, with sessions and a peer that are made anew meanwhile") with
        {
            ObserveSeconds = TwoMinutes,
            OnlyInWholeRun = true,
            Traffic = Traffic.None,
            InjectAsync = TwoMinutesAsync,
        },
        Healthy("strangers-knock", "scanners send rubbish to the WireGuard port and to closed ports of B") with
        {
            InjectAsync = (s, ct) => s.StartAsync(
                s.Network.Router,
                $"bash -c 'while :; do for p in {s.Port(s.B)} 5353 33434; do echo rubbish >/dev/udp/{s.Outer(s.B)}/$p; printf \"\\001\\000\\000\\000%0144d\" 0 >/dev/udp/{s.Outer(s.B)}/$p; done; sleep 0.3; done 2>/dev/null'",
                ct),
        },
        Healthy("drops-elsewhere", "a slow device that has nothing to do with the tunnel throws packets away") with
        {
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(
                    s.A,
                    "ip link add slow0 type veth peer name slow0p; ip link set slow0 up; ip link set slow0p up; ip addr add 10.77.0.1/24 dev slow0; "
                    + "ip neigh replace 10.77.0.2 lladdr 02:00:00:00:77:02 nud permanent dev slow0; tc qdisc add dev slow0 root tbf rate 8kbit burst 1600 latency 1ms",
                    ct);
                await s.StartAsync(s.A.Host, "while :; do ping -q -n -i 0.05 -s 1000 -w 600 10.77.0.2 >/dev/null 2>&1; sleep 1; done", ct);
            },
        },
        Healthy("silent-neighbours", "A keeps asking for hosts of its own segment that are switched off") with
        {
            InjectAsync = async (s, ct) =>
            {
                await s.StartAsync(s.A.Host, $"while :; do ping -q -n -i 0.5 -w 600 {Neighbour(s.Outer(s.A))} >/dev/null 2>&1; sleep 1; done", ct);
                await s.StartAsync(s.A.Pod, $"while :; do ping -q -n -i 0.5 -w 600 {Neighbour(s.Pod(s.A))} >/dev/null 2>&1; sleep 1; done", ct);
            },
            SettleSeconds = 5,
        },
        Healthy("port-moved", "B listens on another port now and spoke first") with
        {
            Layouts = Layouts.Clusters | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.B, "listen-port 51999", ct);
                foreach (var node in s.Network.Nodes.Where(node => node != s.B))
                    await s.PingAsync(s.B, pod: true, s.Pod(node), ct, count: 3);
            },
            SettleSeconds = 5,
        },
        Healthy("device-without-peers", "A has a second WireGuard device, up and with an address, that has no peers yet") with
        {
            Prepare = (s, ct) => s.DoAsync(
                s.A,
                $"{s.Network.CreateCommand("wg-spare")} && wg genkey | wg set wg-spare private-key /dev/stdin listen-port 51990 && ip link set wg-spare addrgenmode none up && "
                + $"{s.Ip} addr add {(s.V6 ? "fd00:91::1/64" : "10.91.0.1/24")} dev wg-spare",
                ct),
        },
        Healthy("peer-of-the-other-family", "B also serves a client that only has an address of the other family") with
        {
            Prepare = (s, ct) => s.WgSetAsync(s.B, $"peer \"$(wg genkey | wg pubkey)\" allowed-ips {(s.V6 ? "10.92.0.7/32" : "fd00:92::7/128")}", ct),
        },
        Healthy("psk-on-one-tunnel", "A and C share a preshared key, the other tunnels have none") with
        {
            Layouts = Layouts.Clusters,
            InjectAsync = (s, ct) => PresharedKeyAsync(s.Between(s.A, s.C!), ct),
            SettleSeconds = 7,
        },
        Healthy("pods-gone", "AllowedIPs still have single addresses of pods that were scaled down; nobody sends to them") with
        {
            Layouts = Layouts.Calico,
            Prepare = (s, ct) => s.WgSetAsync(
                s.A, $"peer {s.Key(s.B)} allowed-ips {string.Join(',', s.Network.PlanOf(s.A).Peers.Single(peer => peer.Node == s.B.Number).AllowedIps)},{Replaced(s.Pod(s.B), "33")}/{s.HostLength},{Replaced(s.Pod(s.B), "34")}/{s.HostLength}", ct),
        },
        Healthy("peer-comes-and-goes", "a client with an address of the VPN's own network is added to B and taken out again, over and over") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            InjectAsync = (s, ct) => s.StartAsync(
                s.B.Host,
                $"k=$(wg genkey | wg pubkey); while :; do wg set {s.Device(s.B)} peer $k allowed-ips {Client(s)}; sleep 2; wg set {s.Device(s.B)} peer $k remove; sleep 2; done",
                ct),
        },
    ];

    // Quiet, pings, bulk of several sizes and pauses; meanwhile A and B forget each other and meet again, and a client is added to B.
    private static async Task TwoMinutesAsync(Scene s, CancellationToken ct)
    {
        var others = s.Network.Nodes.Where(node => node != s.A).Select(s.Pod).ToList();
        var small = string.Join("; ", others.Select(pod => $"ping -q -n -c 10 -i 0.5 {pod}"));
        var full = string.Join("; ", others.Select(pod => $"ping -q -n -c 20 -i 0.2 -s {s.Mtu(s.A) - s.PingHeaders} {pod}"));
        await s.StartAsync(
            s.A.Pod, $"(while :; do {small}; sleep 10; ping -q -n -c 1000 -i 0.01 -s 1200 {s.Pod(s.B)}; {full}; sleep 5; done) >/dev/null 2>&1", ct);
        await s.StartAsync(s.B.Pod, $"(while :; do sleep 17; ping -q -n -c 300 -i 0.02 -s 900 {s.Pod(s.A)}; done) >/dev/null 2>&1", ct);
        foreach (var (node, peer) in new[] { (s.B, s.A), (s.A, s.B) })
            await s.StartAsync(node.Host, $"sleep 45; wg set {s.Device(node)} peer {s.Key(peer)} remove; wg set {s.Device(node)} {s.PeerArguments(node, peer)}", ct);
        // Where each network has its own route, Calico's agent makes the client's before its peer.
        var route = s.Layout == Layouts.Calico ? $"{s.Ip} route add {Client(s)} dev {s.Device(s.B)} table 1; " : "";
        await s.StartAsync(
            s.B.Host, $"sleep 70; {route}wg set {s.Device(s.B)} peer \"$(wg genkey | wg pubkey)\" allowed-ips {Client(s)}", ct);
    }

    // A client for which the routes that are there are enough: one of the tunnel network, or of the cluster's.
    private static string Client(Scene s) => (s.Layout is Layouts.Flannel or Layouts.Calico, s.V6) switch
    {
        (true, false) => "10.244.77.7/32",
        (true, true) => "fd00:10:244:77::7/128",
        (false, false) => "10.99.0.77/32",
        (false, true) => "fd00:10:99::77/128",
    };

    // Another host of the same segment that is not there.
    private static string Neighbour(string address) => Replaced(address, "77");

    private static string Replaced(string address, string last) => address[..(address.LastIndexOfAny(['.', ':']) + 1)] + last;
}
