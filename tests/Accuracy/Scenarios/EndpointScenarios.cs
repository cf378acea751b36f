// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Keys that two have or that changed, ports, endpoints and the translation in front of nodes: sections A to C of the failure catalogue.</summary>
internal static class EndpointScenarios
{
    /// <summary>A restart is a race for two minutes; after that somebody was not told.</summary>
    private const int LongerThanARace = 128;

    /// <summary>A passive keepalive comes 10 s after the last data, and the router of this test forgets after 3 s.</summary>
    private const int Idle = 16;

    public static IReadOnlyList<Scenario> All { get; } = [.. Keys, .. Endpoints, .. Translated];

    private static IReadOnlyList<Scenario> Keys =>
    [
        new()
        {
            Code = "WG-KEY-DUPLICATE",
            Title = "C has A's private key, both talk to B",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Hub,
            Hurts = Hurt.Some,
            ObserveSeconds = 24,
            InjectAsync = async (s, ct) =>
            {
                await s.Network.SetPrivateKeyAsync(s.C!, s.Device(s.C!), s.A, ct);
                await s.StartAsync(s.C!.Pod, $"while :; do ping -q -n -w 600 -i 0.5 {s.Pod(s.B)}; sleep 1; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-KEY-EPHEMERAL",
            Title = "B's device is made anew with a new key, A and C are not told for more than two minutes",
            Layouts = Layouts.Flannel | Layouts.Routed,
            SettleSeconds = LongerThanARace,
            OnlyInWholeRun = true,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"ip link del {s.Device(s.B)}; sleep 1", ct);
                await s.Network.CreateDeviceAsync(s.B, ct);
                await s.DoAsync(s.B, $"wg genkey | wg set {s.Device(s.B)} private-key /dev/stdin", ct);
            },
        },
        new()
        {
            Code = "WG-PORT-IN-USE",
            Title = "on B another device has taken the port",
            Layouts = Layouts.Flannel | Layouts.Calico | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                var other = $"genkey | wg set wg-other listen-port {s.Port(s.B)} private-key /dev/stdin && ip link set wg-other up";
                if (s.Kernel)
                {
                    await s.DoAsync(s.B, $"{s.Network.CreateCommand("wg-other")} && ip link set {s.Device(s.B)} down && wg {other} && ! ip link set {s.Device(s.B)} up", ct);
                }
                else
                {
                    await s.DoAsync(s.B, $"{s.Network.CreateCommand("wg-other")} && wg set {s.Device(s.B)} listen-port 0 && wg {other} && ! wg set {s.Device(s.B)} listen-port {s.Port(s.B)}", ct);
                }

                await s.ForgetBothAsync(ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Endpoints =>
    [
        new()
        {
            Code = "WG-ENDPOINT-MISSING",
            Title = "neither A nor B has an endpoint for the other",
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct);
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} remove", ct);
                await s.WgSetAsync(s.B, WithoutEndpoint(s.PeerArguments(s.B, s.A)), ct);
                await s.WgSetAsync(s.A, WithoutEndpoint(s.PeerArguments(s.A, s.B)), ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-STALE-IP",
            Title = "B has another address than A and C think, and says nothing of its own accord",
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"{s.Ip} addr flush dev {s.Uplink(s.B)} scope global", ct);
                await s.DoAsync(s.B, $"{s.Ip} addr add {Beside(s.Outer(s.B), "77")}/{s.Network.PlanOf(s.B).OuterLength} dev {s.Uplink(s.B)}{(s.V6 ? " nodad" : "")}", ct);
                await s.DoAsync(s.B, $"{s.Ip} route replace default via {s.Gateway(s.B)} dev {s.Uplink(s.B)}", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-INSIDE-TUNNEL",
            Title = "on A the route to B's endpoint and B's AllowedIPs lead the outer packets into the tunnel",
            InjectAsync = async (s, ct) =>
            {
                // Without a session nothing goes round in circles at full speed.
                await s.DoAsync(s.A, $"{s.Ip} route add {s.Outer(s.B)}/{s.HostLength} dev {s.Device(s.A)}", ct);
                await s.MeetAnewAsync(s.PeerArguments(s.A, s.B).Replace("allowed-ips ", $"allowed-ips {s.Outer(s.B)}/{s.HostLength},", StringComparison.Ordinal), ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-FAMILY",
            Title = "A's endpoint for B is of the family that A does not have",
            InjectAsync = (s, ct) => s.MeetAnewAsync(s.PeerArguments(s.A, s.B).Replace(s.Endpoint(s.B), $"{(s.V6 ? "198.51.100.9" : "[2001:db8::9]")}:{s.Port(s.B)}", StringComparison.Ordinal), ct),
        },
        new()
        {
            Code = "WG-SOURCE-ADDR-MULTIHOME",
            Title = "A is known by its second address and sends from its first, which a filter on the way does not know",
            Layouts = Layouts.Clusters | Layouts.Sites,
            InjectAsync = async (s, ct) =>
            {
                var known = Beside(s.Outer(s.A), "77");
                await s.DoAsync(s.A, $"{s.Ip} addr add {known}/{s.Network.PlanOf(s.A).OuterLength} dev {s.Uplink(s.A)}{(s.V6 ? " nodad preferred_lft 0" : "")}", ct);
                await s.DropOnPathAsync($"{s.Nft} saddr {s.Outer(s.A)} {s.Nft} daddr {s.Outer(s.B)} udp dport {s.Port(s.B)}", ct);
                await s.ForgetBothAsync(ct);
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} endpoint {s.At(known, s.Port(s.A))}", ct);
            },
        },
    ];

    private static IReadOnlyList<Scenario> Translated =>
    [
        new()
        {
            Code = "WG-ENDPOINT-NAT-REBIND",
            Title = "the translator in front of A gives it another port every few seconds",
            Layouts = Layouts.Hub,
            // What A sends moves the endpoint along; only what B begins in between is lost.
            Hurts = Hurt.None,
            Effect = async (s, ct) => await EndpointsAsync(s, ct) is { Count: > 1 },
            InjectAsync = async (s, ct) =>
            {
                await s.NftRouterAsync($"flush ruleset; table {s.Nft} nat {{ chain postrouting {{ type nat hook postrouting priority 100; oifname \"node-2\" udp sport {s.Port(s.A)} masquerade to :40000-40100 random; oifname \"node-2\" masquerade; }}; }}", ct);
                await s.StartAsync(s.Network.Router, $"while :; do conntrack -D -p udp -s {s.Outer(s.A)}; sleep 3; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-NAT-IDLE-TIMEOUT",
            Title = "A is behind translation without a keepalive, the translator has forgotten it, and B begins",
            Layouts = Layouts.Hub,
            Traffic = Traffic.None,
            Hurts = Hurt.Reverse,
            SettleSeconds = 6,
            InjectAsync = async (s, ct) =>
            {
                await s.DoRouterAsync("sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3 net.netfilter.nf_conntrack_udp_timeout_stream=3", ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} persistent-keepalive 0", ct);
                await Task.Delay(TimeSpan.FromSeconds(Idle), ct);
                await s.StartAsync(s.B.Pod, $"while :; do ping -q -n -w 600 -i 0.5 {s.Pod(s.A)}; sleep 1; done >/dev/null 2>&1", ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-UNREACHABLE-NAT",
            Title = "B sends to the public address of the translator in front of A, which forwards nothing, and A only waits",
            Layouts = Layouts.Hub,
            Traffic = Traffic.Reverse,
            Hurts = Hurt.Reverse,
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} remove", ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct);
                await s.WgSetAsync(s.A, WithoutEndpoint(s.PeerArguments(s.A, s.B)), ct);
                await s.DoRouterAsync("conntrack -D -p udp || true", ct);
                await s.WgSetAsync(s.B, $"{s.PeerArguments(s.B, s.A)} endpoint {s.At(s.Gateway(s.B), s.Port(s.A))}", ct);
            },
        },
        new()
        {
            Code = "WG-CONNTRACK-STALE-DNAT",
            Title = "A reaches B by a virtual address; the rule that translates it was corrected, the tracked flow still goes to the old place",
            Layouts = Layouts.Flannel | Layouts.Sites,
            SettleSeconds = 8,
            InjectAsync = async (s, ct) =>
            {
                var known = s.V6 ? "fd00:10:96::77" : "10.96.0.77";
                await TranslateAsync(s, known, s.Gateway(s.A), ct);
                await s.MeetAnewAsync(s.PeerArguments(s.A, s.B).Replace(s.Endpoint(s.B), s.At(known, s.Port(s.B)), StringComparison.Ordinal), ct);
                // Each retry keeps the flow alive.
                await Task.Delay(TimeSpan.FromSeconds(7), ct);
                await TranslateAsync(s, known, s.Outer(s.B), ct);
            },
        },
    ];

    private static Task<string> TranslateAsync(Scene s, string from, string to, CancellationToken ct) => s.NftAsync(
        s.A,
        $"table {s.Nft} vip {{ }}; delete table {s.Nft} vip; table {s.Nft} vip {{ chain o {{ type nat hook output priority -100; {s.Nft} daddr {from} udp dport {s.Port(s.B)} counter dnat to {s.At(to, s.Port(s.B))}; }}; }}",
        ct);

    private static string WithoutEndpoint(string arguments)
    {
        var words = arguments.Split(' ').ToList();
        if (words.IndexOf("endpoint") is >= 0 and var at) words.RemoveRange(at, 2);
        if (words.IndexOf("persistent-keepalive") is >= 0 and var keepalive) words[keepalive + 1] = "0";
        return string.Join(' ', words);
    }

    // Another address of the same segment.
    private static string Beside(string address, string last) => string.Concat(address.AsSpan(0, address.LastIndexOfAny(['.', ':']) + 1), last);

    private static async Task<HashSet<string>> EndpointsAsync(Scene s, CancellationToken ct)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 8; i++)
        {
            seen.Add(await s.DoAsync(s.B, string.Create(CultureInfo.InvariantCulture, $"wg show {s.Device(s.B)} endpoints | grep -F {Quoted(s, s.A)}"), ct));
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }

        return seen;
    }

    private static string Quoted(Scene s, LabNode node) => $"'{s.Key(node)}'";
}
