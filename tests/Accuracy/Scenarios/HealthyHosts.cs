// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes on hosts that look unusual: firewalls, sysctls, routes and rules, MTUs, queues.</summary>
internal static class HealthyHosts
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Healthy("strict-firewall", "every chain drops by policy and lets the tunnel and the pods through") with
        {
            Traffic = Traffic.PodToPod | Traffic.HostToPod,
            Prepare = (s, ct) => EachAsync(s, n => s.NftAsync(n, StrictFirewall(s, n), ct)),
        },
        Healthy("forward-policy-drop", "iptables' FORWARD drops by policy, as Docker leaves it, with the cluster network's own accepts") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(
                n,
                $"{s.Iptables} -w -N FLANNEL-FWD; {s.Iptables} -w -A FLANNEL-FWD -s {AddressPlan.ClusterNetwork(s.Family)} -j ACCEPT; " +
                $"{s.Iptables} -w -A FLANNEL-FWD -d {AddressPlan.ClusterNetwork(s.Family)} -j ACCEPT; {s.Iptables} -w -A FORWARD -j FLANNEL-FWD; {s.Iptables} -w -P FORWARD DROP",
                ct)),
        },
        Healthy("kube-proxy", "kube-proxy's chains: marks, masquerade of what is marked, drop of invalid packets") with
        {
            Layouts = Layouts.Clusters,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(n, $"{s.Iptables}-restore --noflush <<'END'\n{KubeProxy(s)}\nEND", ct)),
        },
        Healthy("masquerade-elsewhere", "what leaves the cluster by the uplink is masqueraded, the tunnel's traffic is not") with
        {
            Layouts = Layouts.Clusters,
            Prepare = (s, ct) => EachAsync(s, n => s.NftAsync(
                n,
                $"table {s.Nft} nat {{ chain postrouting {{ type nat hook postrouting priority 100; {s.Nft} saddr {AddressPlan.ClusterNetwork(s.Family)} {s.Nft} daddr != {AddressPlan.ClusterNetwork(s.Family)} oifname \"eth0\" masquerade; }}; }}",
                ct)),
        },
        Healthy("notrack", "the outer packets are not tracked, and accepted untracked") with
        {
            Layouts = Layouts.Clusters | Layouts.Sites,
            Prepare = (s, ct) => EachAsync(s, n => s.NftAsync(
                n,
                $$"""
                table inet outer {
                  chain raw_in { type filter hook prerouting priority -300; udp dport {{s.Port(n)}} notrack; }
                  chain raw_out { type filter hook output priority -300; udp sport {{s.Port(n)}} notrack; }
                  chain input { type filter hook input priority 0; ct state untracked udp dport {{s.Port(n)}} accept; ct state invalid drop; }
                }
                """,
                ct)),
        },
        Healthy("maps", "a firewall of sets and verdict maps that lets the tunnel through") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => EachAsync(s, n => s.NftAsync(
                n,
                $$"""
                table inet filter {
                  set tunnel { type inet_service; elements = { {{s.Port(n)}} } }
                  map ways { type ifname : verdict; elements = { "{{s.Device(n)}}" : accept, "{{s.PodDevice(n)}}" : accept, "lo" : accept } }
                  chain input { type filter hook input priority 0; policy drop; iifname vmap @ways; udp dport @tunnel accept; ct state established,related accept; meta l4proto { icmp, ipv6-icmp } accept; }
                  chain transit { type filter hook forward priority 0; policy drop; iifname vmap @ways; }
                }
                """,
                ct)),
        },
        Healthy("rp-filter-loose", "the reverse path filter is loose") with
        {
            Families = Families.V4,
            Prepare = (s, ct) => ReversePathAsync(s, 2, ct),
        },
        Healthy("rp-filter-strict", "the reverse path filter is strict, and every route is symmetric") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Families = Families.V4,
            Prepare = (s, ct) => ReversePathAsync(s, 1, ct),
        },
        Healthy("rp-filter-default-only", "strict as default for new devices, off where it counts") with
        {
            Families = Families.V4,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(n, "sysctl -qw net.ipv4.conf.default.rp_filter=1", ct)),
        },
        Healthy("blackhole-own-block", "the node's own block ends in a blackhole, its pods have routes of their own") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(
                n, $"{s.Ip} route add {s.Pod(n)}/{s.HostLength} dev {s.PodDevice(n)}; {s.Ip} route add blackhole {s.PodNetwork(n)} metric 4000", ct)),
        },
        Healthy("other-rules", "rules of other software: marks that nobody sets, a blackhole for a foreign source, goto") with
        {
            Prepare = (s, ct) => s.DoAsync(
                s.A,
                $"{s.Ip} rule add prio 5210 fwmark 0x80000/0xff0000 lookup main; {s.Ip} rule add prio 5250 fwmark 0x80000/0xff0000 type unreachable; " +
                $"{s.Ip} rule add prio 5270 lookup 52; {s.Ip} rule add prio 5280 from {(s.V6 ? "fd00:99::/64" : "192.168.99.0/24")} type blackhole; {s.Ip} rule add prio 5290 goto 32766",
                ct),
        },
        Healthy("source-table", "the uplink's address has a table of its own, as cloud images set it up") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(
                n, $"{s.Ip} route add $({s.Ip} route show dev {s.Uplink(n)} proto kernel | grep -v fe80 | cut -d ' ' -f 1) dev {s.Uplink(n)} table 200; " +
                $"{s.Ip} route add default via {s.Gateway(n)} dev {s.Uplink(n)} table 200; {s.Ip} rule add prio 200 from {s.Outer(n)} lookup 200", ct)),
        },
        Healthy("docker-bridge", "a bridge without ports and its masquerade, as Docker leaves it") with
        {
            Families = Families.V4,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(
                n,
                "ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip link set docker0 up; iptables -w -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
                ct)),
        },
        Healthy("shared-service-address", "A and B both own a service's address, as IPVS or anycast wants it") with
        {
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(n, $"{s.Ip} addr add {(s.V6 ? "fd00:96::a/128" : "10.96.0.10/32")} dev lo", ct)),
        },
        Healthy("no-ipv6", "the hosts have no IPv6 at all") with
        {
            Families = Families.V4,
            Prepare = (s, ct) => EachAsync(s, n => s.DoAsync(n, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1", ct)),
        },
        Healthy("hosts-only", "the tunnel is for the hosts themselves: nobody forwards") with
        {
            Layouts = Layouts.Sites,
            Traffic = Traffic.HostToHost,
            Families = Families.V4,
            InjectAsync = async (s, ct) =>
            {
                foreach (var (node, other) in new[] { (s.A, s.B), (s.B, s.A) })
                {
                    await s.WgSetAsync(node, $"peer {s.Key(other)} allowed-ips {s.Tunnel(other)}/{s.HostLength}", ct);
                    await s.DoAsync(node, $"{s.Ip} route del {s.RouteTo(node, other)}; ip link del {s.PodDevice(node)}; sysctl -qw net.ipv4.ip_forward=0", ct);
                }
            },
        },
        Healthy("mtu-1280", "everything inside is as small as IPv6 allows") with
        {
            Traffic = Traffic.PodToPod | Traffic.Large,
            Prepare = (s, ct) => EachAsync(s, async n =>
            {
                await s.DoAsync(n, $"ip link set {s.Device(n)} mtu 1280", ct);
                return await s.DoPodAsync(n, "ip link set eth0 mtu 1280", ct);
            }),
        },
        Healthy("mtu-differs-and-fits", "A has a smaller underlay, tunnel and pods than the others") with
        {
            Layouts = Layouts.Flannel,
            Families = Families.V4,
            Traffic = Traffic.PodToPod | Traffic.Large,
            Prepare = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip link set {s.Device(s.A)} mtu 1400; ip link set veth-pod mtu 1400; ip link set {s.PodDevice(s.A)} mtu 1400; ip link set {s.Uplink(s.A)} mtu 1480", ct);
                await s.DoPodAsync(s.A, "ip link set eth0 mtu 1400", ct);
            },
        },
        Healthy("slow-link", "A's uplink is slow and has a long queue, nothing is lost") with
        {
            Traffic = Traffic.PodToPod | Traffic.Large,
            Prepare = (s, ct) => s.DoAsync(s.A, $"tc qdisc add dev {s.Uplink(s.A)} root tbf rate 1mbit burst 4kb latency 2s", ct),
        },
        Healthy("two-uplinks", "A has a second, worse default route") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => s.DoAsync(
                s.A, $"ip link add eth1 type veth peer name eth1p; ip link set eth1 up; ip link set eth1p up; {s.Ip} addr add {(s.V6 ? "fd00:19::1/64" : "172.19.0.1/24")} dev eth1{(s.V6 ? " nodad" : "")}; {s.Ip} route add default via {(s.V6 ? "fd00:19::fe" : "172.19.0.254")} dev eth1 metric 2000", ct),
        },
    ];

    internal static async Task EachAsync(Scene scene, Func<LabNode, Task<string>> step)
    {
        foreach (var node in scene.Network.Nodes)
            await step(node);
    }

    private static Task ReversePathAsync(Scene s, int mode, CancellationToken ct) => EachAsync(s, n => s.DoAsync(
        n, $"for d in /proc/sys/net/ipv4/conf/*; do echo {mode} >$d/rp_filter; done", ct));

    private static string StrictFirewall(Scene s, LabNode n) =>
        $$"""
        table inet filter {
          chain input {
            type filter hook input priority 0; policy drop;
            iifname "lo" accept
            ct state established,related accept
            meta l4proto { icmp, ipv6-icmp } accept
            udp dport {{s.Port(n)}} counter accept
            iifname "{{s.Device(n)}}" accept
          }
          chain transit {
            type filter hook forward priority 0; policy drop;
            ct state established,related accept
            iifname { "{{s.Device(n)}}", "{{s.PodDevice(n)}}" } oifname { "{{s.Device(n)}}", "{{s.PodDevice(n)}}" } accept
            counter drop
          }
          chain output { type filter hook output priority 0; policy drop; oifname { "lo", "{{s.Uplink(n)}}", "{{s.Device(n)}}", "{{s.PodDevice(n)}}" } accept; }
        }
        """;

    private static string KubeProxy(Scene s) =>
        $"""
        *filter
        :KUBE-FORWARD - [0:0]
        :KUBE-FIREWALL - [0:0]
        -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-SVC-TCOU7JCQXEZGVUNU - [0:0]
        :KUBE-SEP-UJJNLSZU6HL4F5UO - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -j MASQUERADE
        -A KUBE-SERVICES -d {(s.V6 ? "fd00:96::a" : "10.96.0.10")}/{s.HostLength} -p udp -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
        -A KUBE-SVC-TCOU7JCQXEZGVUNU -j KUBE-SEP-UJJNLSZU6HL4F5UO
        -A KUBE-SEP-UJJNLSZU6HL4F5UO -s {s.Pod(s.B)}/{s.HostLength} -j KUBE-MARK-MASQ
        -A KUBE-SEP-UJJNLSZU6HL4F5UO -p udp -m udp -j DNAT --to-destination {s.At(s.Pod(s.B), 53)}
        COMMIT
        """;
}
