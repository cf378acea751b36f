// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Routing, devices, peers and queues broken in forms that no rule was written for. Written before the first run.</summary>
internal static class UnseenFaultsRoutes
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Rules, .. Routes, .. Devices, .. Peers];

    private static IReadOnlyList<Scenario> Rules =>
    [
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Variant = "unseen-iif-table",
            Title = "on A a rule for the pods' device leads to a table that ends in unreachable",
            Layouts = Layouts.Flannel | Layouts.Hub,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route add unreachable default table 77; {s.Ip} rule add prio 40 iif {s.PodDevice(s.A)} lookup 77", ct),
        },
        new()
        {
            Code = "WG-RULE-SHADOWED",
            Variant = "unseen-marked-by-filter",
            Title = "A's firewall marks what its pods send, and a rule for the mark leads out by the uplink",
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"{s.Ip} route add default via {s.Gateway(s.A)} dev {s.Uplink(s.A)} table 177; {s.Ip} rule add prio 40 fwmark 0x77 lookup 177", ct);
                await s.NftAsync(s.A, $"table inet steer {{ chain p {{ type filter hook prerouting priority -150; iifname \"{s.PodDevice(s.A)}\" meta mark set 0x77; }}; }}", ct);
            },
        },
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Variant = "unseen-ipproto",
            Title = "on A a rule for UDP to WireGuard's port leads to a table that prohibits everything",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoAcceptable = ["WG-UNDERLAY-NO-ROUTE"],
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"{s.Ip} route add prohibit default table 78; {s.Ip} rule add prio 40 ipproto udp dport {s.Port(s.B)} lookup 78", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-POLICY-RULE-MISSING",
            Variant = "unseen-main",
            Title = "A has lost the rule that leads to the main table",
            Layouts = Layouts.Flannel | Layouts.Sites,
            // IPv6 goes on without it on this kernel.
            Families = Families.V4,
            AlsoAcceptable = ["WG-UNDERLAY-NO-ROUTE", "WG-ROUTE-MISSING"],
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} rule del prio 32766; {s.Ip} route flush cache", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Routes =>
    [
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Variant = "unseen-host-route-of-the-answers",
            Title = "on B a host route for A's pod says unreachable: the answers are lost",
            Layouts = Layouts.Flannel | Layouts.Hub,
            AlsoAcceptable = ["WG-ROUTE-SHADOWED"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"{s.Ip} route add unreachable {s.Pod(s.A)}/{s.HostLength}", ct),
        },
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Variant = "unseen-metric",
            Title = "on A the tunnel's route got a worse metric than a blackhole of the same network",
            Layouts = Layouts.Sites | Layouts.Hub,
            AlsoAcceptable = ["WG-ROUTE-SHADOWED"],
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route add {s.PodNetwork(s.B)} dev {s.Device(s.A)} metric 3000; {s.Ip} route del {s.RouteTo(s.A, s.B)} metric {(s.V6 ? 1024 : 0)}; {s.Ip} route add blackhole {s.PodNetwork(s.B)} metric 2000", ct),
        },
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Variant = "unseen-nexthop-object",
            Title = "on A a next hop object that swallows everything owns B's pods",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoAcceptable = ["WG-ROUTE-SHADOWED"],
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} nexthop add id 7 blackhole; {s.Ip} route add {s.Pod(s.B)}/{s.HostLength} nhid 7", ct),
        },
        new()
        {
            Code = "WG-ROUTE-SHADOWED",
            Variant = "unseen-two-legs",
            Title = "A's route to B's pods has two legs, and the heavy one leads out by the uplink",
            Layouts = Layouts.Sites | Layouts.Hub,
            Families = Families.V4,
            AlsoAcceptable = ["WG-ROUTE-MISSING"],
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route replace {s.PodNetwork(s.B)} nexthop dev {s.Device(s.A)} weight 1 nexthop via {s.Gateway(s.A)} dev {s.Uplink(s.A)} weight 255", ct),
        },
        new()
        {
            Code = "WG-ROUTE-SHADOWED",
            Variant = "unseen-second-tunnel",
            Title = "on A the route of a second WireGuard device covers B's pods; its peer is offline",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoAcceptable = ["WG-CIDR-OVERLAP"],
            // What goes into the second tunnel is really lost there.
            AlsoTrue = ["WG-HANDSHAKE-NEVER", "WG-UDP-BLOCKED-PATH", "WG-NEIGH-FAILED", "WG-ENDPOINT-STALE-IP"],
            InjectAsync = (s, ct) => s.DoAsync(
                s.A,
                $"{s.Network.CreateCommand("wg7")} && wg genkey | wg set wg7 private-key /dev/stdin listen-port 51907 && wg set wg7 peer $(wg genkey | wg pubkey) endpoint {s.At(s.Gateway(s.A), 51907)} allowed-ips {s.Pod(s.B)}/{s.HostLength}; "
                + $"ip link set wg7 addrgenmode none mtu 1420 up; {s.Ip} addr add {(s.V6 ? "fd00:67::1/64" : "10.67.0.1/24")} dev wg7; {s.Ip} route add {s.Pod(s.B)}/{s.HostLength} dev wg7",
                ct),
        },
        new()
        {
            Code = "WG-CIDR-OVERLAP",
            Variant = "unseen-docker-network",
            Title = "on A somebody made a Docker network in B's pod range",
            Layouts = Layouts.Flannel,
            AlsoAcceptable = ["WG-ROUTE-SHADOWED"],
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip link add br-1f2e3d4c5b6a type bridge; {s.Ip} addr add {(s.V6 ? s.PodNetwork(s.B).Replace("::/", "::1/", StringComparison.Ordinal) : s.PodNetwork(s.B).Replace(".0/", ".1/", StringComparison.Ordinal))} dev br-1f2e3d4c5b6a{(s.V6 ? " nodad" : "")}; ip link set br-1f2e3d4c5b6a up", ct),
        },
        new()
        {
            Code = "WG-NEIGH-FAILED",
            Variant = "unseen-second-uplink",
            Title = "on A a route for B's address leads to a gateway on a second uplink that nobody answers for",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoAcceptable = ["WG-UNDERLAY-NO-ROUTE"],
            SettleSeconds = 8,
            InjectAsync = (s, ct) => s.DoAsync(
                s.A,
                $"ip link add eth7 type veth peer name eth7p; ip link set eth7 up; ip link set eth7p up; {s.Ip} addr add {(s.V6 ? "fd00:27::1/64" : "172.27.0.1/24")} dev eth7{(s.V6 ? " nodad" : "")}; "
                + $"{s.Ip} route add {s.Outer(s.B)}/{s.HostLength} via {(s.V6 ? "fd00:27::fe" : "172.27.0.254")} dev eth7",
                ct),
        },
        new()
        {
            Code = "WG-NEIGH-FAILED",
            Variant = "unseen-gateway",
            Title = "A has a permanent neighbour entry with a wrong hardware address for its gateway",
            Layouts = Layouts.Routed,
            SettleSeconds = 12,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip neigh replace {s.Gateway(s.A)} lladdr 02:00:00:00:00:02 nud permanent dev {s.Uplink(s.A)}", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Devices =>
    [
        new()
        {
            Code = "WG-NEIGH-FAILED",
            Variant = "unseen-pod",
            Title = "B has a permanent neighbour entry with a wrong hardware address for its own pod",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            AlsoAcceptable = ["WG-POD-VETH-BROKEN"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip neigh replace {s.Pod(s.B)} lladdr 02:00:00:00:00:03 nud permanent dev {s.PodDevice(s.B)}", ct),
        },
        new()
        {
            Code = "WG-ROUTE-MISSING",
            Variant = "unseen-host-mask",
            Title = "B's address towards its pods has a host mask: the network's own route is gone",
            Layouts = Layouts.Flannel | Layouts.Sites,
            // B's way to its own pods is missing, not one into the tunnel; the entries for the end of the cable say the same.
            AlsoAcceptable = ["WG-POD-VETH-BROKEN", "WG-ROUTE-LOST-LINKDOWN", "WG-IFACE-NO-ADDRESS"],
            InjectAsync = (s, ct) => s.DoAsync(
                s.B,
                $"a=$({s.Ip} -o addr show dev {s.PodDevice(s.B)} scope global | sed 's/.*inet6* \\([^ ]*\\).*/\\1/'); {s.Ip} addr del $a dev {s.PodDevice(s.B)}; {s.Ip} addr add ${{a%/*}}/{s.HostLength} dev {s.PodDevice(s.B)}{(s.V6 ? " nodad" : "")}",
                ct),
        },
        new()
        {
            Code = "WG-FORWARDING-IFACE-OFF",
            Variant = "unseen-pod-side",
            Title = "A does not forward what comes from its pods' device",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            Families = Families.V4,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"echo 0 > /proc/sys/net/ipv4/conf/{s.PodDevice(s.A)}/forwarding", ct),
        },
        new()
        {
            Code = "WG-RPFILTER-STRICT",
            Variant = "unseen-device-only",
            Title = "B's tunnel device alone filters strictly, and a host route for A's pod leads out by the uplink",
            Layouts = Layouts.Flannel | Layouts.Hub,
            Families = Families.V4,
            AlsoTrue = ["WG-ASYMMETRIC-PATH"],
            AlsoAcceptable = ["WG-ROUTE-SHADOWED"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"sysctl -qw net.ipv4.conf.{s.Device(s.B)}.rp_filter=1; ip route add {s.Pod(s.A)}/32 via {s.Gateway(s.B)} dev {s.Uplink(s.B)}", ct),
        },
        new()
        {
            Code = "WG-MTU-POD-MISMATCH",
            Variant = "unseen-receiving-pod",
            Title = "B's pod receives 1300 bytes, the node's end of its cable sends more",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.Large,
            Hurts = Hurt.Large,
            ReadsPods = true,
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, "ip link set eth0 mtu 1300", ct),
        },
        new()
        {
            Code = "WG-QDISC-DROP",
            Variant = "unseen-pod-side",
            Title = "what B sends to its pods is shaped to less than comes out of the tunnel",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.Busy,
            // Small pings slip through between the big ones: the queue's own counter tells.
            Hurts = Hurt.None,
            Effect = async (s, ct) => !(await s.DoAsync(s.B, $"tc -s qdisc show dev {s.PodDevice(s.B)}", ct)).Contains("(dropped 0,", StringComparison.Ordinal),
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"tc qdisc add dev {s.PodDevice(s.B)} root tbf rate 256kbit burst 3k limit 6k", ct),
        },
        new()
        {
            Code = "WG-ADDR-DUPLICATE",
            Variant = "unseen-outer",
            Title = "C has B's underlay address too, and A's neighbour table knows C for it",
            Layouts = Layouts.Flannel,
            Families = Families.V4,
            AlsoTrue = ["WG-NEIGH-FAILED"],
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.C!, $"ip addr add {s.Outer(s.B)}/32 dev {s.Uplink(s.C!)}", ct);
                var mac = (await s.DoAsync(s.C!, $"cat /sys/class/net/{s.Uplink(s.C!)}/address", ct)).Trim();
                await s.DoAsync(s.A, $"ip neigh replace {s.Outer(s.B)} lladdr {mac} nud reachable dev {s.Uplink(s.A)}", ct);
                await s.DoAsync(s.B, $"ip link set {s.Uplink(s.B)} arp off", ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Peers =>
    [
        new()
        {
            Code = "WG-ALLOWEDIPS-OVERLAP",
            Variant = "unseen-known-peer",
            Title = "on A the entry for C took over B's pods, C is a healthy peer",
            Layouts = Layouts.Clusters,
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.C!)} allowed-ips {string.Join(',', s.Network.PlanOf(s.A).Peers.First(p => p.Node == s.C!.Number).AllowedIps)},{s.PodNetwork(s.B)}", ct),
        },
        new()
        {
            Code = "WG-KEY-DRIFT",
            Variant = "unseen-responder-has-the-old-key",
            Title = "B's entry for A has A's networks and a key that A no longer has",
            Layouts = Layouts.Calico | Layouts.Sites,
            AlsoAcceptable = ["WG-PEER-MISSING", "WG-KEY-MISMATCH-RESPONDER"],
            InjectAsync = async (s, ct) =>
            {
                var plan = s.Network.PlanOf(s.B).Peers.First(p => p.Node == s.A.Number);
                await s.DoAsync(s.B, $"wg set {s.Device(s.B)} peer {s.Key(s.A)} remove; wg set {s.Device(s.B)} peer $(wg genkey | wg pubkey) endpoint {s.Endpoint(s.A)} allowed-ips {string.Join(',', plan.AllowedIps)}", ct);
                await s.ForgetAsync(s.A, s.B, ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-INSIDE-TUNNEL",
            Variant = "unseen-inner-address",
            Title = "A's endpoint for B is B's address inside of the tunnel",
            Layouts = Layouts.Sites,
            InjectAsync = (s, ct) => s.MeetAnewAsync($"peer {s.Key(s.B)} endpoint {s.At(s.Tunnel(s.B), s.Port(s.B))} allowed-ips {string.Join(',', s.Network.PlanOf(s.A).Peers[0].AllowedIps)}", ct),
        },
        new()
        {
            Code = "WG-ENDPOINT-STALE-IP",
            Variant = "unseen-own-address",
            Title = "A's endpoint for B is A's own address",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoAcceptable = ["WG-KEY-MISMATCH-RESPONDER", "WG-KEY-SELF-PEER"],
            InjectAsync = (s, ct) => s.MeetAnewAsync($"peer {s.Key(s.B)} endpoint {s.At(s.Outer(s.A), s.Port(s.A))} allowed-ips {string.Join(',', s.Network.PlanOf(s.A).Peers.First(p => p.Node == s.B.Number).AllowedIps)}", ct),
        },
    ];
}
