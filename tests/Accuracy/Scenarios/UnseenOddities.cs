// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes whose filters, rules and routes look wrong in ways that no rule was written for. Written before the first run.</summary>
internal static class UnseenOddities
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Filters, .. Routing];

    private static IReadOnlyList<Scenario> Filters =>
    [
        Healthy("unseen-ipset-allowlist", "input drops by policy, nodes are allowed by a set of addresses") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                $"ipset create mesh hash:ip family {(s.V6 ? "inet6" : "inet")}; {string.Join("; ", s.Network.Nodes.Where(o => o != n).Select(o => $"ipset add mesh {s.Outer(o)}"))}; "
                + $"{s.Iptables} -w -A INPUT -i lo -j ACCEPT; {s.Iptables} -w -A INPUT -p {(s.V6 ? "icmpv6" : "icmp")} -j ACCEPT; {s.Iptables} -w -A INPUT -p udp -m udp --dport {s.Port(n)} -m set --match-set mesh src -j ACCEPT; {s.Iptables} -w -P INPUT DROP",
                ct)),
        },
        Healthy("unseen-raw-reverse-path", "iptables' raw table drops what has no way back by the device it came from; everything has") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"{s.Iptables} -w -t raw -A PREROUTING {(s.V6 ? "-p icmpv6 -m icmp6 --icmpv6-type neighbor-solicitation" : "-i lo")} -j ACCEPT; {s.Iptables} -w -t raw -A PREROUTING -m rpfilter --invert -j DROP", ct)),
        },
        Healthy("unseen-edge-filter", "a table of family netdev drops what nobody sends: odd TCP flags, fragments of UDP, spoofed sources") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n, $$"""table netdev edge { chain i { type filter hook ingress device "{{s.Uplink(n)}}" priority -500; tcp flags & (fin|syn) == (fin|syn) counter drop; tcp flags & (fin|syn|rst|psh|ack|urg) == 0x0 counter drop; ip frag-off & 0x1fff != 0 counter drop; ip saddr { 127.0.0.0/8, 224.0.0.0/4 } counter drop; }; }""", ct)),
        },
        Healthy("unseen-bridge-guard", "a table of family bridge limits storms and drops foreign protocols on the pods' bridge") with
        {
            Layouts = Layouts.Flannel,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n, """table bridge guard { chain f { type filter hook forward priority 0; ether type arp limit rate over 1000/second drop; ether type != { ip, ip6, arp } drop; }; chain i { type filter hook input priority 0; ether daddr 01:80:c2:00:00:00 drop; }; }""", ct)),
        },
        Healthy("unseen-dormant", "a table that drops everything is asleep") with
        {
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n, "table inet lockdown { flags dormant; chain i { type filter hook input priority 0; policy drop; }; chain f { type filter hook forward priority 0; policy drop; counter drop; }; chain o { type filter hook output priority 0; policy drop; }; }", ct)),
        },
        Healthy("unseen-quotas", "quotas, limits and numbers of connections that are far from used up") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.Busy,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n,
                $$"""
                table inet plan {
                  quota month { over 500000 mbytes }
                  chain i { type filter hook input priority 0; udp dport {{s.Port(n)}} quota name "month" drop; udp dport {{s.Port(n)}} limit rate over 100000/second drop; }
                  chain f { type filter hook forward priority 0; iifname "{{s.Device(n)}}" ct count over 100000 drop; oifname "{{s.Device(n)}}" limit rate over 500 mbytes/second drop; }
                }
                """,
                ct)),
        },
        Healthy("unseen-logs-that-look-like-drops", "chains called DROP and REJECT log and return, comments speak of drops") with
        {
            Layouts = Layouts.Flannel | Layouts.Hub,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                $"{s.Iptables} -w -N LOGDROP; {s.Iptables} -w -A LOGDROP -m limit --limit 2/min -j LOG --log-prefix 'DROP: '; {s.Iptables} -w -A LOGDROP -j RETURN; "
                + $"{s.Iptables} -w -N blocked; {s.Iptables} -w -A blocked -m comment --comment 'drop all' -j NFLOG --nflog-group 5; {s.Iptables} -w -A FORWARD -m comment --comment 'drop tunnel' -j LOGDROP; {s.Iptables} -w -A FORWARD -j blocked; {s.Iptables} -w -A INPUT -j LOGDROP",
                ct)),
        },
        Healthy("unseen-inner-notrack", "what goes through the tunnel is not tracked, and a filter without states lets it through by its addresses") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n,
                $$"""
                table inet stateless {
                  set nets { type {{(s.V6 ? "ipv6_addr" : "ipv4_addr")}}; flags interval; auto-merge; elements = { {{string.Join(", ", s.Network.Nodes.Select(s.PodNetwork))}} } }
                  chain raw { type filter hook prerouting priority -300; {{s.Nft}} saddr @nets {{s.Nft}} daddr @nets notrack; }
                  chain f { type filter hook forward priority 0; policy drop; {{s.Nft}} saddr @nets {{s.Nft}} daddr @nets accept; {{(s.V6 ? "ip6 saddr fe80::/10 accept; " : "")}}ct state established,related accept; ct state invalid drop; counter drop; }
                }
                """,
                ct)),
        },
        Healthy("unseen-masquerade-of-others", "what a Docker network sends into the tunnel gets the tunnel's own address, the pods keep theirs") with
        {
            Layouts = Layouts.Sites | Layouts.Hub,
            Families = Families.V4,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"iptables -w -t nat -A POSTROUTING -s 172.17.0.0/16 -o {s.Device(n)} -j MASQUERADE; iptables -w -t nat -A POSTROUTING -o {s.Uplink(n)} ! -d 10.0.0.0/8 -p tcp -j MASQUERADE --to-ports 32768-60999", ct)),
        },
        Healthy("unseen-split-that-agrees", "rules in the legacy tables and in nf_tables, and both let everything of the mesh through") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                $"{s.Iptables}-legacy -P FORWARD DROP; {s.Iptables}-legacy -A FORWARD -i {s.Device(n)} -j ACCEPT; {s.Iptables}-legacy -A FORWARD -o {s.Device(n)} -j ACCEPT; {s.Iptables}-legacy -A FORWARD -i {s.PodDevice(n)} -j ACCEPT; {s.Iptables}-legacy -A FORWARD -p tcp --dport 25 -j DROP; "
                + $"{s.Iptables}-nft -A FORWARD -p tcp --dport 445 -j REJECT; {s.Iptables}-nft -A INPUT -p tcp --dport 111 -j DROP",
                ct)),
        },
        Healthy("unseen-deep-chains", "six chains deep, by goto and jump, with drops for other ports before the accept") with
        {
            Layouts = Layouts.Calico | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.NftAsync(
                n,
                $$"""
                table inet deep {
                  chain last { iifname "{{s.Device(n)}}" accept; oifname "{{s.Device(n)}}" accept; {{(s.V6 ? "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; " : "")}}counter drop; }
                  chain five { tcp dport { 23, 135-139, 445 } drop; goto last; }
                  chain four { meta l4proto vmap { tcp : jump five, udp : goto five, icmp : goto five, ipv6-icmp : goto five }; }
                  chain three { meta mark 0xbad drop; jump four; drop; }
                  chain two { ip ttl < 3 drop; ip6 hoplimit < 3 drop; goto three; }
                  chain one { fib daddr type { multicast, broadcast } drop; jump two; }
                  chain f { type filter hook forward priority 0; policy drop; jump one; }
                }
                """,
                ct)),
        },
        Healthy("unseen-ipsec-beside", "policies of an IPsec tunnel to somebody else, and a rule that wants them") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                s.V6
                    ? "for d in out in fwd; do ip xfrm policy add src fd00:88::/64 dst fd00:89::/64 dir $d tmpl src 2001:db8:77::1 dst 2001:db8:78::1 proto esp mode tunnel; done; ip xfrm policy add src ::/0 dst ::/0 proto ipv6-icmp type 133 dir out priority 1"
                    : "for d in out in fwd; do ip xfrm policy add src 10.88.0.0/16 dst 10.89.0.0/16 dir $d tmpl src 203.0.113.77 dst 203.0.113.78 proto esp mode tunnel; done; ip xfrm policy add src 10.90.0.0/16 dst 10.91.0.0/16 dir out action block priority 1",
                ct)),
        },
    ];

    private static IReadOnlyList<Scenario> Routing =>
    [
        Healthy("unseen-rules-of-others", "rules for users, protocols, devices and types of service that have nothing to do with the mesh") with
        {
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                $"{s.Ip} rule add prio 10 uidrange 2000-2999 prohibit; {s.Ip} rule add prio 11 ipproto tcp dport 25 prohibit; {s.Ip} rule add prio 12 oif tun77 unreachable; {s.Ip} rule add prio 13 iif tun77 blackhole; {s.Ip} rule add prio 14 tos 0x10 lookup 888; {s.Ip} rule add prio 15 ipproto udp sport 4500 lookup 889; {s.Ip} route add unreachable default table 889",
                ct)),
        },
        Healthy("unseen-routes-that-never-win", "blackholes for other blocks, an unreachable default of the worst metric, a prohibiting table without a rule") with
        {
            Layouts = Layouts.Flannel | Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                $"{s.Ip} route add unreachable default metric 4278198272; {s.Ip} route add prohibit default table 999; {s.Ip} route add blackhole {(s.V6 ? "fd00:10:244:77::/64" : "10.244.77.0/26")}; {s.Ip} route add blackhole {(s.V6 ? "fd00:10:244:78::/64" : "10.244.78.64/26")}; {s.Ip} route add throw {(s.V6 ? "fd00:10:200::/48" : "10.200.0.0/16")}",
                ct)),
        },
        Healthy("unseen-worse-copy", "a worse copy of the tunnel's routes leads out by the uplink, for the day when the device is gone") with
        {
            Layouts = Layouts.Sites | Layouts.Hub,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, string.Join("; ", s.Network.Nodes.Where(o => o != n).Select(o => $"{s.Ip} route add {s.PodNetwork(o)} via {s.Gateway(n)} dev {s.Uplink(n)} metric 8000")), ct)),
        },
        Healthy("unseen-nexthop-objects", "the tunnel's route uses a next hop object") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n, $"{s.Ip} nexthop add id 10 dev {s.Device(n)}; {string.Join("; ", s.Network.Nodes.Where(o => o != n).Select(o => $"{s.Ip} route replace {s.PodNetwork(o)} nhid 10{(s.V6 ? "" : " scope link")}"))}", ct)),
        },
        Healthy("unseen-two-tunnels-one-route", "two tunnels between A and B share the route by equal legs") with
        {
            Layouts = Layouts.Sites,
            Families = Families.V4,
            Prepare = UnseenOdditiesLife.TwinTunnelAsync,
        },
        Healthy("unseen-table-per-source", "what comes from the pods has a table of its own, which holds the same routes") with
        {
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(
                n,
                $"{string.Join("; ", s.Network.Nodes.Where(o => o != n).Select(o => $"{s.Ip} route add {s.PodNetwork(o)} dev {s.Device(n)} table 210"))}; {(s.Layout == Layouts.Sites ? $"{s.Ip} route add {(s.V6 ? "fd00:10:99::/64" : "10.99.0.0/24")} dev {s.Device(n)} table 210; " : "")}{s.Ip} route add {s.PodNetwork(n)} dev {s.PodDevice(n)} table 210; {s.Ip} route add default via {s.Gateway(n)} dev {s.Uplink(n)} table 210; {s.Ip} rule add prio 210 from {s.PodNetwork(n)} lookup 210",
                ct)),
        },
        Healthy("unseen-permanent-neighbours", "all nodes have correct permanent neighbour entries for one another, and proxy_arp is on") with
        {
            Layouts = Layouts.Flannel | Layouts.Calico,
            Prepare = async (s, ct) =>
            {
                foreach (var other in s.Network.Nodes)
                {
                    var mac = (await s.DoAsync(other, $"cat /sys/class/net/{s.Uplink(other)}/address", ct)).Trim();
                    foreach (var node in s.Network.Nodes.Where(n => n != other))
                        await s.DoAsync(node, $"ip neigh replace {s.Outer(other)} lladdr {mac} nud permanent dev {s.Uplink(node)}; sysctl -qw net.ipv4.conf.{s.Uplink(node)}.proxy_arp=1", ct);
                }
            },
        },
        Healthy("unseen-forwarding-per-device", "IPv6 forwarding is off for single devices, which has no effect on what passes through") with
        {
            Families = Families.V6,
            Layouts = Layouts.Flannel | Layouts.Sites,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, n => s.DoAsync(n, $"echo 0 > /proc/sys/net/ipv6/conf/{s.Device(n)}/forwarding; echo 0 > /proc/sys/net/ipv6/conf/{s.PodDevice(n)}/forwarding", ct)),
        },
    ];
}
