// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Devices, cryptokey routing, routing, reverse path and forwarding: sections D to H, R and T of the failure catalogue.</summary>
internal static class RouteScenarios
{
    public static IReadOnlyList<Scenario> All { get; } = [.. Devices, .. Routes, .. Receivers, .. Constructed];

    private static IReadOnlyList<Scenario> Devices =>
    [
        new()
        {
            Code = "WG-IFACE-MISSING",
            Title = "B's WireGuard device was deleted",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            AlsoTrue = ["WG-UAPI-SOCKET-STALE"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip link del {s.Device(s.B)}", ct),
        },
        new()
        {
            Code = "WG-IFACE-KIND-FOREIGN",
            Title = "on B a bridge has the name of the WireGuard device",
            Layouts = Layouts.Flannel,
            AlsoTrue = ["WG-UAPI-SOCKET-STALE"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip link del {s.Device(s.B)}; sleep 1; ip link add {s.Device(s.B)} type bridge", ct),
        },
        new()
        {
            Code = "WG-LEFTOVER-STATE",
            Title = "on B a TUN device of a program that is gone has the name of the WireGuard device",
            Layouts = Layouts.Flannel,
            AlsoTrue = ["WG-UAPI-SOCKET-STALE", "WG-IFACE-KIND-FOREIGN"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip link del {s.Device(s.B)}; sleep 1; ip tuntap add {s.Device(s.B)} mode tun", ct),
        },
        new()
        {
            Code = "WG-ADDR-DUPLICATE",
            Title = "B also has A's tunnel address",
            Families = Families.V4,
            Traffic = Traffic.PodToPod | Traffic.HostToPod,
            Hurts = Hurt.HostToPod,
            AlsoTrue = ["WG-MARTIAN-SOURCE"],
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip addr add {s.Tunnel(s.A)}/32 dev lo", ct),
        },
        new()
        {
            Code = "WG-ADDR-LOCAL-SHADOW",
            Title = "A has the address of B's pod on lo and answers itself",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            // Pings get an answer, from the wrong host: what B's pod sees tells.
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.A, $"ip route get {s.Pod(s.B)}", ct)).StartsWith("local", StringComparison.Ordinal),
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip addr add {s.Pod(s.B)}/32 dev lo", ct),
        },
        new()
        {
            Code = "WG-IPV6-DISABLED",
            Title = "IPv6 is switched off on A's WireGuard device",
            Families = Families.V6,
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"sysctl -qw net.ipv6.conf.{s.Device(s.A)}.disable_ipv6=1", ct),
        },
        new()
        {
            Code = "WG-POD-VETH-BROKEN",
            Title = "the link to B's host is down on B",
            Layouts = Layouts.Sites,
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip link set {s.PodDevice(s.B)} down", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Routes =>
    [
        new()
        {
            Code = "WG-POLICY-RULE-MISSING",
            Title = "A has lost the rule that leads to table 1",
            Layouts = Layouts.Calico,
            // The routes of the block exchange still lead there: nothing is lost, it goes in clear text.
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.A, $"{s.Ip} route get {s.Pod(s.B)}", ct)).Contains($"dev {s.Uplink(s.A)}", StringComparison.Ordinal),
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"for n in $({s.Ip} rule | grep 'lookup 1 *$' | cut -d: -f1); do {s.Ip} rule del prio $n; done", ct),
        },
        new()
        {
            Code = "WG-RULE-SHADOWED",
            Title = "on A a rule sends what comes from its pods to a table with a default route",
            Layouts = Layouts.Flannel | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"{s.Ip} route add default via {s.Gateway(s.A)} dev {s.Uplink(s.A)} table 100", ct);
                await s.DoAsync(s.A, $"{s.Ip} rule add prio 50 from {s.PodNetwork(s.A)} lookup 100", ct);
            },
        },
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Title = "on A a rule swallows what goes to B's pods",
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} rule add prio 50 to {s.PodNetwork(s.B)} blackhole", ct),
        },
        new()
        {
            Code = "WG-RULE-BLACKHOLE",
            Variant = "prohibit",
            Title = "on A a rule prohibits what goes to B's pods",
            Layouts = Layouts.Flannel,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} rule add prio 50 to {s.PodNetwork(s.B)} prohibit", ct),
        },
        new()
        {
            Code = "WG-CIDR-OVERLAP",
            Title = "A's pod device has a network inside of B's pod network",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip addr add {s.Pod(s.B)[..(s.Pod(s.B).LastIndexOf('.') + 1)]}5/25 dev {s.PodDevice(s.A)}", ct),
        },
        new()
        {
            Code = "WG-ROUTE-SRC-WRONG",
            Title = "A's route to B's pods prefers the address of its uplink",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Traffic = Traffic.PodToPod | Traffic.HostToPod,
            Hurts = Hurt.HostToPod,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route replace {s.RouteTo(s.A, s.B)} src {s.Outer(s.A)}", ct),
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-WITHOUT-ROUTE",
            Title = "A was given a second network behind B in AllowedIPs, and nobody made the route",
            Layouts = Layouts.Sites,
            Hurts = Hurt.None,
            Effect = async (s, ct) => !await s.PingAsync(s.A, pod: true, SecondNetworkHost(s), ct),
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"{s.Ip} addr add {SecondNetworkHost(s)}/{(s.V6 ? "64" : "24")} dev {s.PodDevice(s.B)}{(s.V6 ? " nodad" : "")}", ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} allowed-ips {string.Join(',', s.Network.PlanOf(s.A).Peers[0].AllowedIps)},{(s.V6 ? "fd00:10:22::/64" : "10.22.0.0/24")}", ct);
            },
        },
        new()
        {
            Code = "WG-UNDERLAY-NO-ROUTE",
            Title = "A has lost its default route",
            Layouts = Layouts.Sites,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route del default", ct),
        },
        new()
        {
            Code = "WG-NEIGH-FAILED",
            Title = "A has a permanent neighbour entry with a wrong hardware address for B",
            Layouts = Layouts.Flannel | Layouts.Calico,
            SettleSeconds = 12,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip neigh replace {s.Outer(s.B)} lladdr 02:00:00:00:00:01 nud permanent dev {s.Uplink(s.A)}", ct),
        },
        new()
        {
            Code = "WG-IPV6-OVERHEAD",
            Title = "A's device has the MTU for IPv4 endpoints",
            Families = Families.V6,
            Layouts = Layouts.Flannel | Layouts.Sites,
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.A, $"cat /sys/class/net/{s.Device(s.A)}/mtu", ct)).Trim() == "1440",
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip link set {s.Device(s.A)} mtu 1440", ct),
        },
        new()
        {
            Code = "WG-POD-NETNS-ROUTE",
            Title = "the default route of B's pod leads to a gateway that is not there",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            SettleSeconds = 5,
            ReadsPods = true,
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, $"ip route replace default via {s.Pod(s.B)[..(s.Pod(s.B).LastIndexOf('.') + 1)]}99", ct),
        },
        new()
        {
            Code = "WG-RETURN-ROUTE-MISSING",
            Title = "the host behind B has no default route",
            Layouts = Layouts.Flannel | Layouts.Sites,
            ReadsPods = true,
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, $"{s.Ip} route del default", ct),
        },
    ];

    private static IReadOnlyList<Scenario> Receivers =>
    [
        new()
        {
            Code = "WG-RPFILTER-STRICT",
            Title = "B's way back to A's pods is its uplink, and it filters strictly",
            Layouts = Layouts.Sites,
            Families = Families.V4,
            AlsoTrue = ["WG-ASYMMETRIC-PATH"],
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.{s.Device(s.B)}.rp_filter=1", ct);
                await s.DoAsync(s.B, $"ip route replace {s.PodNetwork(s.A)} via {s.Gateway(s.B)}", ct);
            },
        },
        new()
        {
            Code = "WG-FORWARDING-IFACE-OFF",
            Title = "B's WireGuard device does not forward",
            Families = Families.V4,
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"echo 0 > /proc/sys/net/ipv4/conf/{s.Device(s.B)}/forwarding", ct),
        },
        new()
        {
            Code = "WG-FORWARDING-V6-DISABLED",
            Title = "B does not forward IPv6",
            Families = Families.V6,
            InjectAsync = (s, ct) => s.DoAsync(s.B, "sysctl -qw net.ipv6.conf.all.forwarding=0", ct),
        },
    ];

    private static string SecondNetworkHost(Scene s) => s.V6 ? "fd00:10:22::1" : "10.22.0.1";

    private static IReadOnlyList<Scenario> Constructed =>
    [
        Scenario.Impossible("WG-ALLOWEDIPS-NONE", "the same state as WG-ALLOWEDIPS-MISSING-DST wherever the far networks are known", "CryptokeyOddityTests"),
        Scenario.Impossible("WG-NEIGH-TABLE-OVERFLOW", "the limit is the machine's, not a namespace's", "UnderlayFaultTests"),
    ];
}
