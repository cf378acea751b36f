// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>The faults that the lab has had from the start, for every layout.</summary>
internal static class FirstScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-HANDSHAKE-NEVER",
            Title = "outer UDP between A and B is dropped on the way",
            AlsoAcceptable = ["WG-UDP-BLOCKED-PATH"],
            InjectAsync = async (s, ct) =>
            {
                await s.DropOnPathAsync($"{s.Nft} saddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} {s.Nft} daddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} meta l4proto udp", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-HANDSHAKE-STALE",
            Title = "outer UDP between A and B is dropped for more than three minutes; the old session has died",
            AlsoAcceptable = ["WG-UDP-BLOCKED-PATH"],
            Layouts = Layouts.Flannel | Layouts.Routed,
            SettleSeconds = 188,
            InjectAsync = (s, ct) => s.DropOnPathAsync(
                $"{s.Nft} saddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} {s.Nft} daddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} meta l4proto udp", ct),
        },
        new()
        {
            Code = "WG-PEER-MISSING",
            Title = "B does not know A",
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} remove", ct);
                await s.ForgetAsync(s.A, s.B, ct);
            },
        },
        new()
        {
            Code = "WG-KEY-DRIFT",
            Title = "B has a new key that nobody was told",
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"wg genkey | wg set {s.Device(s.B)} private-key /dev/stdin", ct);
                await s.ForgetAsync(s.A, s.B, ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-WRONG-PORT",
            Title = "A's endpoint for B has a port where nobody listens",
            InjectAsync = async (s, ct) =>
            {
                await s.ForgetAsync(s.B, s.A, ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct);
                await s.WgSetAsync(s.A, $"{s.PeerArguments(s.A, s.B)} endpoint {s.Endpoint(s.B, 51999)}", ct);
            },
        },
        new()
        {
            Code = "WG-IFACE-DOWN",
            Title = "B's WireGuard device is down",
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip link set {s.Device(s.B)} down", ct),
        },
        new()
        {
            Code = "WG-IFACE-NO-ADDRESS",
            Title = "A's WireGuard device has no address, its routes are there (over IPv6 they are gone too)",
            Layouts = Layouts.Flannel,
            Traffic = Traffic.PodToPod | Traffic.HostToPod,
            Hurts = Hurt.HostToPod,
            HurtsV6 = Hurt.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"{s.Ip} addr del {s.Tunnel(s.A)}/{s.TunnelLength(s.A)} dev {s.Device(s.A)}", ct);
                await s.DoAsync(s.A, s.V6 ? $"{s.Ip} route flush dev {s.Device(s.A)}" : $"{s.Ip} route replace {s.RouteTo(s.A, s.B)} scope link", ct);
            },
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-MISSING-DST",
            Title = "A's peer entry for B owns nothing",
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer {s.Key(s.B)} allowed-ips ''", ct),
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-MISSING-SRC",
            Title = "B's peer entry for A owns nothing",
            InjectAsync = (s, ct) => s.WgSetAsync(s.B, $"peer {s.Key(s.A)} allowed-ips ''", ct),
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-OVERLAP",
            Title = "on A a stranger's key has taken over B's pod network",
            InjectAsync = (s, ct) => s.WgSetAsync(s.A, $"peer \"$(wg genkey | wg pubkey)\" allowed-ips {s.PodNetwork(s.B)}", ct),
        },
        new()
        {
            Code = "WG-ROUTE-MISSING",
            Title = "A has lost the route into the tunnel",
            // The catalogue makes WG-ALLOWEDIPS-WITHOUT-ROUTE in the very same way: which of the two it is depends on whether others could have had the route.
            AlsoAcceptable = ["WG-ALLOWEDIPS-WITHOUT-ROUTE"],
            // Calico's other routes carry the packets in clear text then: that is another entry.
            Layouts = Layouts.Flannel | Layouts.Routed,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route del {s.RouteTo(s.A, s.B)}", ct),
        },
        new()
        {
            Code = "WG-ROUTE-SHADOWED",
            Title = "on A a more specific route sends B's pod to a gateway on the underlay",
            Layouts = Layouts.Flannel | Layouts.Routed,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"{s.Ip} route add {s.Pod(s.B)}/{s.HostLength} via {s.Gateway(s.A)} dev {s.Uplink(s.A)}", ct),
        },
        new()
        {
            Code = "WG-FORWARDING-DISABLED",
            Title = "B does not forward",
            Families = Families.V4,
            InjectAsync = (s, ct) => s.DoAsync(s.B, "sysctl -qw net.ipv4.ip_forward=0", ct),
        },
    ];
}
