// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes that look unusual: how peers, AllowedIPs, keys, endpoints and sessions are set up.</summary>
internal static class HealthyNetworks
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Healthy("as-planned", "nothing was changed") with
        {
            Traffic = Traffic.PodToPod | Traffic.HostToPod | Traffic.Reverse,
        },
        Healthy("never-used", "on-demand handshakes that nobody has asked for yet") with
        {
            Layouts = Layouts.Clusters | Layouts.Sites,
            Traffic = Traffic.None,
            NeverUsed = true,
        },
        Healthy("idle", "sessions exist, nobody sends, no keepalive") with { Traffic = Traffic.None },
        Healthy("keepalive-on-one-side", "A keeps alive, B does not") with
        {
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} persistent-keepalive 5", ct),
        },
        Healthy("psk", "A and B share a preshared key") with { InjectAsync = PresharedKeyAsync },
        Healthy("wg-quick-full-tunnel", "A sends 0.0.0.0/0 to B: own table, mark rule, suppressed default route, as wg-quick sets it up") with
        {
            Layouts = Layouts.Sites,
            Prepare = FullTunnelAsync,
        },
        Healthy("catch-all-without-route", "A's only peer may send everything, only the VPN's networks are routed to it") with
        {
            Layouts = Layouts.Routed,
            Prepare = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} allowed-ips {(s.V6 ? "::/0" : "0.0.0.0/0")}", ct),
        },
        Healthy("roamed", "A has moved to another address and spoke first") with
        {
            Layouts = Layouts.Flannel,
            // C's entry for B and B's for C stay as they are; both learn A's new place from A.
            InjectAsync = RoamAsync,
            SettleSeconds = 4,
        },
        Healthy("hub-random-ports", "the spokes have drawn their ports, and the router translates them") with
        {
            Layouts = Layouts.Hub,
            Prepare = async (s, ct) =>
            {
                await s.WgSetAsync(s.A, "listen-port 0", ct);
                await s.WgSetAsync(s.C!, "listen-port 0", ct);
            },
        },
        Healthy("nested-prefixes", "A sends the whole cluster network to B, except C's part, which C owns") with
        {
            Layouts = Layouts.Flannel,
            Families = Families.V4,
            Prepare = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} allowed-ips 10.244.0.0/16", ct),
        },
        Healthy("leftover-peer", "A has a peer without AllowedIPs, without endpoint: left behind by a change of keys") with
        {
            Prepare = (s, ct) => s.WgSetAsync(s.A, "peer \"$(wg genkey | wg pubkey)\"", ct),
        },
        Healthy("road-warrior", "B waits for a client that has never called") with
        {
            Layouts = Layouts.Routed,
            Prepare = (s, ct) => s.WgSetAsync(s.B, $"peer \"$(wg genkey | wg pubkey)\" allowed-ips {(s.V6 ? "fd00:10:99::77/128" : "10.99.0.77/32")}", ct),
        },
        Healthy("switched-off", "A knows a node that is switched off and not observed, and nobody sends to it") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => s.WgSetAsync(
                s.A, $"peer \"$(wg genkey | wg pubkey)\" endpoint {s.At(s.V6 ? "fd00:18::77" : "172.18.0.77", 51820)} allowed-ips {(s.V6 ? "fd00:10:244:77::/64" : "10.244.77.0/24")}", ct),
        },
        Healthy("two-meshes", "A and B also have a second mesh on another port") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = SecondMeshAsync,
        },
        Healthy("non-leader", "A has a device of a second mesh that is down: it is not the leader of its location") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => s.DoAsync(
                s.A, $"{s.Network.CreateCommand("kilo0")} && wg genkey | wg set kilo0 private-key /dev/stdin listen-port 51830 && ip link set kilo0 addrgenmode none", ct),
        },
        Healthy("no-address-no-route", "a device without addresses and routes: eBPF programs send into it") with
        {
            Layouts = Layouts.Flannel,
            Prepare = BareDeviceAsync,
        },
        Healthy("device-in-pod", "A's pod has a VPN device of its own") with
        {
            Layouts = Layouts.Clusters,
            Prepare = async (s, ct) =>
            {
                await s.DoPodAsync(s.A, s.Network.CreateCommand("vpn0"), ct);
                await s.DoPodAsync(s.A, $"wg genkey | wg set vpn0 private-key /dev/stdin peer \"$(wg genkey | wg pubkey)\" allowed-ips {(s.V6 ? "fd00:88::/64" : "10.88.0.0/24")}", ct);
                await s.DoPodAsync(s.A, $"ip link set vpn0 addrgenmode none; ip link set vpn0 up; ip addr add {(s.V6 ? "fd00:88::2/64" : "10.88.0.2/24")} dev vpn0", ct);
            },
        },
        Healthy("pods-one-by-one", "B's pods stand as single addresses in A's AllowedIPs") with
        {
            Layouts = Layouts.Calico,
            Prepare = (s, ct) => s.WgSetAsync(
                s.A, $"peer {s.Key(s.B)} allowed-ips {s.Pod(s.B)}/{s.HostLength},{s.Tunnel(s.B)}/{s.HostLength},{s.Outer(s.B)}/{s.HostLength}", ct),
        },
        Healthy("new-sessions", "the sessions between A and B were just made anew") with
        {
            InjectAsync = (s, ct) => s.ForgetBothAsync(ct),
            SettleSeconds = 7,
        },
        Healthy("dual-stack", "the tunnel carries the other family too") with
        {
            Layouts = Layouts.Sites,
            Prepare = DualStackAsync,
        },
        Healthy("noise", "something on A sends multicast into the tunnel, which no peer owns") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip route add 224.0.0.0/4 dev {s.Device(s.A)}", ct);
                await s.StartAsync(s.A.Host, "while :; do ping -q -n -c 2 -i 1 224.0.0.251 >/dev/null 2>&1; sleep 1; done", ct);
            },
        },
        Healthy("busy", "a hundred packets a second") with { Traffic = Traffic.PodToPod | Traffic.Busy },
    ];

    internal static Scenario Healthy(string variant, string title) =>
        new() { Code = null, Variant = variant, Title = title, Hurts = Hurt.None };

    internal static async Task PresharedKeyAsync(Scene s, CancellationToken ct)
    {
        // The key goes through a pipe into both devices; the old session carries on until the next handshake, so both forget it.
        var key = (await s.DoAsync(s.A, "wg genpsk", ct)).Trim();
        foreach (var (node, peer) in new[] { (s.B, s.A), (s.A, s.B) })
        {
            await s.WgSetAsync(node, $"peer {s.Key(peer)} remove", ct);
            await s.DoAsync(node, $"wg set {s.Device(node)} {s.PeerArguments(node, peer)} preshared-key /dev/stdin <<END\n{key}\nEND", ct);
        }
    }

    private static async Task FullTunnelAsync(Scene s, CancellationToken ct)
    {
        var everything = s.V6 ? "::/0" : "0.0.0.0/0";
        await s.WgSetAsync(s.A, $"fwmark 51820 peer {s.Key(s.B)} allowed-ips {everything}", ct);
        await s.DoAsync(s.A, $"{s.Ip} route flush dev {s.Device(s.A)}; {s.Ip} route add {everything} dev {s.Device(s.A)} table 51820", ct);
        await s.DoAsync(s.A, $"{s.Ip} rule add not fwmark 51820 table 51820; {s.Ip} rule add table main suppress_prefixlength 0", ct);
        await s.DoAsync(s.A, "sysctl -qw net.ipv4.conf.all.src_valid_mark=1", ct);
    }

    private static async Task RoamAsync(Scene s, CancellationToken ct)
    {
        var moved = s.V6 ? "fd00:18::101/64 dev eth0 nodad" : "172.18.0.101/24 dev eth0";
        await s.DoAsync(s.A, $"{s.Ip} addr flush dev eth0 scope global; {s.Ip} addr add {moved}; {s.Ip} route replace default via {s.Gateway(s.A)}", ct);
        // Healthy again only when both have heard A from its new place; wireguard-go keeps the old source address for 15 s.
        foreach (var other in new[] { s.B, s.C! })
        {
            var heard = false;
            for (var tries = 0; tries < 16 && !heard; tries++)
                heard = await s.PingAsync(s.A, pod: true, s.Pod(other), ct, count: 3);
            if (!heard) throw new InvalidOperationException($"{other.Name} has not heard the node that moved");
        }
    }

    private static async Task SecondMeshAsync(Scene s, CancellationToken ct)
    {
        const string Device = "wg-mgmt";
        const int Port = 51900;
        string Inner(int n) => s.V6 ? $"fd00:66::{n}" : $"10.66.0.{n}";
        var keys = new List<string>();
        foreach (var node in new[] { s.A, s.B })
        {
            await s.DoAsync(node, $"{s.Network.CreateCommand(Device)} && wg genkey | wg set {Device} private-key /dev/stdin listen-port {Port}", ct);
            keys.Add((await s.DoAsync(node, $"wg show {Device} public-key", ct)).Trim());
        }

        foreach (var (node, other) in new[] { (s.A, s.B), (s.B, s.A) })
        {
            await s.DoAsync(
                node,
                $"wg set {Device} peer {keys[other == s.A ? 0 : 1]} endpoint {s.Endpoint(other, Port)} allowed-ips {Inner(other.Number)}/{s.HostLength}; " +
                $"ip link set {Device} addrgenmode none mtu 1420 up; {s.Ip} addr add {Inner(node.Number)}/{(s.V6 ? 64 : 24)} dev {Device}",
                ct);
        }
    }

    private static async Task BareDeviceAsync(Scene s, CancellationToken ct)
    {
        const string Device = "cilium_wg0";
        foreach (var node in s.Network.Nodes)
        {
            await s.DoAsync(node, $"{s.Network.CreateCommand(Device)} && wg genkey | wg set {Device} private-key /dev/stdin listen-port 51871 fwmark 0xe00", ct);
            await s.DoAsync(node, $"ip link set {Device} addrgenmode none mtu 1420 up; sysctl -qw net.ipv4.conf.{Device}.rp_filter=0", ct);
        }

        foreach (var node in s.Network.Nodes)
        {
            foreach (var other in s.Network.Nodes.Where(n => n != node))
            {
                var key = (await s.DoAsync(other, $"wg show {Device} public-key", ct)).Trim();
                await s.DoAsync(node, $"wg set {Device} peer {key} endpoint {s.Endpoint(other, 51871)} allowed-ips {s.Outer(other)}/{s.HostLength},{s.PodNetwork(other)}", ct);
            }
        }
    }

    private static async Task DualStackAsync(Scene s, CancellationToken ct)
    {
        string Inner(int n) => s.V6 ? $"10.55.0.{n}" : $"fd00:55::{n}";
        foreach (var (node, other) in new[] { (s.A, s.B), (s.B, s.A) })
        {
            await s.WgSetAsync(node, $"peer {s.Key(other)} allowed-ips {string.Join(',', s.Network.PlanOf(node).Peers[0].AllowedIps)},{Inner(other.Number)}/{(s.V6 ? 32 : 128)}", ct);
            await s.DoAsync(node, $"ip addr add {Inner(node.Number)}/{(s.V6 ? 24 : 64)} dev {s.Device(node)}", ct);
        }

        await s.StartAsync(s.A.Host, $"while :; do ping -q -n -i 0.5 -w 600 {Inner(2)}; sleep 1; done >/dev/null 2>&1", ct);
    }
}
