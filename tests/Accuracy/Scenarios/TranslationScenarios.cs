// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Address translation, connection tracking and IPsec policies: what sections I, J and K of the failure catalogue have beside drop rules.</summary>
internal static class TranslationScenarios
{
    /// <summary>Hosts of the world, which the router plays.</summary>
    private static readonly string[] World = ["9.9.9.1", "9.9.9.2", "9.9.9.3", "9.9.9.4"];

    private static readonly string[] World6 = ["2620:fe::1", "2620:fe::2", "2620:fe::3", "2620:fe::4"];

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-XFRM-POLICY-BLOCK",
            Title = "an IPsec policy on A blocks everything to B's endpoint",
            ObserveSeconds = 14,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip xfrm policy add src {s.Outer(s.A)}/{s.HostLength} dst {s.Outer(s.B)}/{s.HostLength} dir out action block", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-WGQUICK-ANTISPOOF",
            Title = "B drops what comes to its tunnel address from the underlay, as wg-quick does, and somebody comes that way",
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.B, $"nft list table {s.Nft} wg-quick-{Word(s)}", ct)).Contains("packets 0 ", StringComparison.Ordinal) is false,
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, $"table {s.Nft} wg-quick-{Word(s)} {{ chain preraw {{ type filter hook prerouting priority -300; iifname != \"{s.Device(s.B)}\" {s.Nft} daddr {s.Tunnel(s.B)} fib saddr type != local counter drop; }}; }}", ct);
                await s.DoRouterAsync($"{s.Ip} route add {s.Tunnel(s.B)}/{s.HostLength} via {s.Outer(s.B)}", ct);
                await s.StartAsync(s.Network.Router, $"while :; do ping -q -n -w 600 -i 0.5 {s.Tunnel(s.B)}; sleep 1; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-SNAT-POISON",
            Title = "A gives its own outer packets another source port",
            Layouts = Layouts.Clusters | Layouts.Sites,
            // It works as long as the translation is remembered.
            Hurts = Hurt.None,
            Effect = async (s, ct) => !(await s.DoAsync(s.B, $"wg show {s.Device(s.B)} endpoints | grep -F '{s.Key(s.A)}'", ct)).TrimEnd().EndsWith($":{s.Port(s.A)}", StringComparison.Ordinal),
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, $"table {s.Nft} t {{ chain p {{ type nat hook postrouting priority 100; oifname {s.Uplink(s.A)} udp sport {s.Port(s.A)} counter masquerade fully-random; }}; }}", ct);
                await s.DoAsync(s.A, "conntrack -F || true", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-MASQUERADE-MISSING",
            Title = "A's pods reach the world through B, which does not translate their addresses",
            Layouts = Layouts.Flannel | Layouts.Sites,
            // An exit among several peers is told from a catch-all by mistake only by who meant it.
            AlsoTrue = ["WG-ALLOWEDIPS-CATCHALL"],
            Hurts = Hurt.None,
            Effect = async (s, ct) => !await s.PingAsync(s.A, pod: true, Hosts(s)[0], ct),
            ObserveSeconds = 12,
            InjectAsync = async (s, ct) =>
            {
                var everything = s.V6 ? "::/0" : "0.0.0.0/0";
                await s.DoRouterAsync(string.Join("; ", Hosts(s).Select(host => $"{s.Ip} addr add {host}/{s.HostLength} dev lo")), ct);
                // Without a rule that asks for it, nothing is tracked.
                await s.NftAsync(s.B, "table inet t { chain f { type filter hook forward priority 0; ct state established counter accept; }; }", ct);
                await s.WgSetAsync(s.A, s.PeerArguments(s.A, s.B).Replace("allowed-ips ", $"allowed-ips {everything},", StringComparison.Ordinal), ct);
                await s.DoAsync(s.A, $"{s.Ip} route add {(s.V6 ? "2620:fe::/64" : "9.9.9.0/24")} dev {s.Device(s.A)}", ct);
                await s.StartAsync(s.A.Pod, $"{string.Join(" ", Hosts(s).Select(host => $"(while :; do ping -q -n -w 600 -i 0.5 {host}; sleep 1; done >/dev/null 2>&1) &"))} wait", ct);
            },
        },
        new()
        {
            Code = "WG-CONNTRACK-ZONE-CLASH",
            Title = "A tracks what its pods send in a zone, translates it, and looks for the answers in another zone",
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.A, $"table {s.Nft} t {{ chain r {{ type filter hook prerouting priority -300; iifname {s.PodDevice(s.A)} ct zone set 5; }}; chain p {{ type nat hook postrouting priority 100; oifname {s.Device(s.A)} snat to {s.Tunnel(s.A)}; }}; }}", ct);
                await s.DoAsync(s.A, "conntrack -F || true", ct);
            },
        },
        new()
        {
            Code = "WG-CONNTRACK-INVALID-DROP",
            Title = "B saw only the middle of TCP connections between the pods, and drops what fits no connection",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            Implementations = Implementations.Userspace, // the emulated machine has no Python
            Hurts = Hurt.None,
            Effect = async (s, ct) => (await s.DoAsync(s.B, "nft list table inet t", ct)).Contains("packets 0 ", StringComparison.Ordinal) is false,
            ObserveSeconds = 14,
            InjectAsync = async (s, ct) =>
            {
                await s.StartAsync(s.B.Pod, $"python3 -c \"{Sink(s)}\"", ct);
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
                await s.StartAsync(s.A.Pod, $"while :; do python3 -c \"{Source(s)}\"; sleep 1; done >/dev/null 2>&1", ct);
                await Task.Delay(TimeSpan.FromSeconds(2), ct);
                await s.NftAsync(s.B, "table inet t { chain f { type filter hook forward priority 0; ct state invalid counter drop; }; }", ct);
                await s.DoAsync(s.B, "sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0", ct);
                await s.StartAsync(s.B.Host, "while :; do conntrack -F; sleep 3; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-SERVICE-VIP-OVER-TUNNEL",
            Title = "A routes B's Services into the tunnel, no peer has them in its AllowedIPs",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Hurts = Hurt.None,
            Effect = async (s, ct) => !await s.PingAsync(s.A, pod: true, Vip(s), ct),
            InjectAsync = async (s, ct) =>
            {
                await s.NftAsync(s.B, $"table {s.Nft} t {{ chain p {{ type nat hook prerouting priority -100; {s.Nft} daddr {Vip(s)} counter dnat to {s.Pod(s.B)}; }}; }}", ct);
                await s.DoAsync(s.A, $"{s.Ip} route add {(s.V6 ? "fd00:10:96::/112" : "10.96.0.0/16")} dev {s.Device(s.A)}", ct);
                await s.StartAsync(s.A.Pod, $"while :; do ping -q -n -w 600 -i 0.5 {Vip(s)}; sleep 1; done >/dev/null 2>&1", ct);
            },
        },
        Scenario.Impossible("WG-CONNTRACK-UNREPLIED", "is only ever a consequence, so it is never the first cause", "ConntrackFaultTests"),
        Scenario.Impossible("WG-EBPF-DATAPATH-DROP", "this machine's kernel has no classifiers of traffic control", "DatapathFaultTests"),
    ];

    private static string[] Hosts(Scene s) => s.V6 ? World6 : World;

    // The first address of a cluster's Services is the API's.
    private static string Vip(Scene s) => s.V6 ? "fd00:10:96::1" : "10.96.0.1";

    private static string Word(Scene s) => s.Device(s.B).Replace('.', '-');

    private static string Sink(Scene s) => $"import socket; s=socket.create_server(('{s.Pod(s.B)}',5001),family=socket.{Family(s)}); k=[]\nwhile 1: k.append(s.accept())";

    // New connections all the time, and each goes on sending for a while.
    private static string Source(Scene s) =>
        $"import socket,time; a=[]\nwhile 1: a=(a+[socket.create_connection(('{s.Pod(s.B)}',5001))])[-20:]; [c.send(b'x') for c in a]; time.sleep(0.25)";

    private static string Family(Scene s) => s.V6 ? "AF_INET6" : "AF_INET";
}
