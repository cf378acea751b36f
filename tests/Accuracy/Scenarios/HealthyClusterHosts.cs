// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes on hosts of real clusters: what kube-proxy, Docker, ufw, firewalld, Tailscale and cloud images leave on a node beside the tunnel.</summary>
internal static class HealthyClusterHosts
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Firewalls, .. Routing];

    private static IReadOnlyList<Scenario> Firewalls =>
    [
        Healthy("kube-proxy-nft", "kube-proxy in nftables mode: verdict maps of services, marks, masquerade of what is marked") with
        {
            Layouts = Layouts.Clusters,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(n, HostFirewalls.KubeProxyNft(s), ct)),
        },
        Healthy("ufw", "ufw denies by default, with its own chains for what is known, for pings and for the tunnel") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"{s.Iptables}-restore --noflush <<'END'\n{HostFirewalls.Ufw(s, n)}\nEND", ct)),
        },
        Healthy("firewalld", "firewalld: the uplink in the public zone, tunnel and pods trusted, everything else rejected") with
        {
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(n, HostFirewalls.Firewalld(s, n), ct)),
        },
        Healthy("docker-chains", "Docker's own chains and its DROP policy, with the administrator's accepts in DOCKER-USER") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Families = Families.V4,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, async n =>
            {
                await s.DoAsync(n, "ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up", ct);
                return await s.DoAsync(n, $"iptables-restore --noflush <<'END'\n{HostFirewalls.Docker(s, n)}\nEND", ct);
            }),
        },
        Healthy("tailscale-beside", "Tailscale's chains drop 100.64.0.0/10 from other devices, which this mesh does not use") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"ip tuntap add tailscale0 mode tun; ip link set tailscale0 up; iptables-restore --noflush <<'END'\n{HostFirewalls.Tailscale}\nEND", ct)),
        },
        Healthy("bogons", "private networks that come in by the uplink, outside of the tunnel, are dropped; so are invalid packets") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n, $$"""table inet bogons { chain raw { type filter hook prerouting priority -300; iifname "{{s.Uplink(n)}}" ip saddr 10.0.0.0/8 drop; }; chain entry { type filter hook input priority -5; ct state invalid drop; }; }""", ct)),
        },
        Healthy("hosts-do-not-answer-pings", "the nodes drop pings that come by the uplink, as security groups do") with
        {
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n, $$"""table inet quiet { chain entry { type filter hook input priority 0; iifname "{{s.Uplink(n)}}" icmp type echo-request drop; iifname "{{s.Uplink(n)}}" icmpv6 type echo-request drop; }; }""", ct)),
        },
        Healthy("rate-limits", "new SSH connections and pings from outside are limited and logged, and strangers are kept in a set") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(n, HostFirewalls.RateLimits(s, n), ct)),
        },
        Healthy("mss-clamp", "TCP's segments are clamped to the path in both directions") with
        {
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"{s.Iptables} -w -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu", ct)),
        },
        Healthy("node-local-dns", "a resolver on every node: the same address on a dummy everywhere, its packets are not tracked") with
        {
            Layouts = Layouts.Clusters,
            Families = Families.V4,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                "ip link add nodelocaldns type bridge; ip addr add 169.254.20.10/32 dev nodelocaldns; "
                + "for c in PREROUTING OUTPUT; do iptables -w -t raw -A $c -d 169.254.20.10/32 -p udp -m udp --dport 53 -j NOTRACK; done; "
                + "iptables -w -t raw -A OUTPUT -s 169.254.20.10/32 -p udp -m udp --sport 53 -j NOTRACK; iptables -w -A INPUT -d 169.254.20.10/32 -p udp -m udp --dport 53 -j ACCEPT",
                ct)),
        },
    ];

    private static IReadOnlyList<Scenario> Routing =>
    [
        Healthy("private-space-blackholed", "a blackhole for the whole private space, so that what has no route does not leak") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"{s.Ip} route add blackhole {(s.V6 ? "fd00::/8" : "10.0.0.0/8")} metric 4000", ct)),
        },
        Healthy("rules-of-a-tunnel-that-is-gone", "wg-quick's rules of another device were left behind; their table is empty") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"{s.Ip} rule add not fwmark 51820 table 51820; {s.Ip} rule add table main suppress_prefixlength 0", ct)),
        },
        Healthy("mark-without-effect", "the device has a mark, and a rule for it leads to a table without routes") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, async n =>
            {
                await s.WgSetAsync(n, "fwmark 0x3a", ct);
                return await s.DoAsync(n, $"{s.Ip} rule add prio 300 fwmark 0x3a lookup 300", ct);
            }),
        },
        Healthy("ecmp-uplinks", "A's default route is shared by two uplinks") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => s.DoAsync(
                s.A,
                $"ip link add eth1 type veth peer name eth1p; ip link set eth1 up; ip link set eth1p up; {s.Ip} addr add {(s.V6 ? "fd00:19::1/64" : "172.19.0.1/24")} dev eth1{(s.V6 ? " nodad" : "")}; "
                + $"{s.Ip} route del default; {s.Ip} route add default nexthop via {s.Gateway(s.A)} dev {s.Uplink(s.A)} weight 1 nexthop via {(s.V6 ? "fd00:19::fe" : "172.19.0.254")} dev eth1 weight 1",
                ct),
        },
        Healthy("management-vrf", "an unused second interface stands in a table of its own that nothing shares") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => s.DoAsync(
                s.A,
                $"ip link add mgmt0 type veth peer name mgmt0p; ip link set mgmt0 up; ip link set mgmt0p up; {s.Ip} addr add {(s.V6 ? "fd00:20::1/64" : "172.20.0.1/24")} dev mgmt0{(s.V6 ? " nodad" : "")}; "
                + $"{s.Ip} route add default via {(s.V6 ? "fd00:20::fe" : "172.20.0.254")} dev mgmt0 table 500; {s.Ip} rule add prio 500 iif mgmt0 lookup 500",
                ct),
        },
    ];
}
