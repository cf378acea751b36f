// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Handshakes, keys, endpoints and address translation.</summary>
internal static class PeerScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-UDP-BLOCKED-PATH",
            Title = "outer UDP between A and B is dropped on the way, both have lost their session",
            InjectAsync = async (s, ct) =>
            {
                await s.DropOnPathAsync($"{s.Nft} saddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} {s.Nft} daddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} udp dport {s.Port(s.B)}", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-HANDSHAKE-RESPONSE-LOST",
            Title = "B's answers to handshakes are dropped on the way",
            InjectAsync = async (s, ct) =>
            {
                await s.DropOnPathAsync($"{s.Nft} saddr {s.Outer(s.B)} udp sport {s.Port(s.B)} @th,64,8 2", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-PSK-MISMATCH",
            Title = "A has a preshared key for B, B has none",
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct);
                await s.ForgetAsync(s.B, s.A, ct);
                await s.DoAsync(s.A, WithOwnSecret(s, s.A, s.B), ct);
            },
        },
        new()
        {
            Code = "WG-PSK-MISMATCH",
            Variant = "two-keys",
            Title = "A and B have different preshared keys",
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} remove", ct);
                await s.WgSetAsync(s.B, $"peer {s.Key(s.A)} remove", ct);
                await s.DoAsync(s.B, WithOwnSecret(s, s.B, s.A), ct);
                await s.DoAsync(s.A, WithOwnSecret(s, s.A, s.B), ct);
            },
        },
        new()
        {
            Code = "WG-KEY-UNSET",
            Title = "B's device has no private key",
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.B, $"wg set {s.Device(s.B)} private-key /dev/null", ct);
                await s.ForgetAsync(s.A, s.B, ct);
            },
        },
        new()
        {
            Code = "WG-KEY-MISMATCH-RESPONDER",
            Title = "A has a made-up key for B",
            AlsoAcceptable = ["WG-KEY-DRIFT"],
            InjectAsync = (s, ct) => s.MeetAnewAsync(s.PeerArguments(s.A, s.B).Replace(s.Key(s.B), "$(wg genkey | wg pubkey)", StringComparison.Ordinal), ct),
        },
        new()
        {
            Code = "WG-LISTEN-PORT-DRIFT",
            Title = "B listens on a random port",
            AlsoAcceptable = ["WG-ENDPOINT-WRONG-PORT"],
            Layouts = Layouts.Flannel | Layouts.Calico,
            InjectAsync = async (s, ct) =>
            {
                await s.WgSetAsync(s.B, "listen-port 0", ct);
                await s.ForgetBothAsync(ct);
            },
        },
        new()
        {
            Code = "WG-ENDPOINT-PRIVATE-ADDR",
            Title = "A's endpoint for B is a private address that no route but the default one leads to",
            Layouts = Layouts.Sites,
            AlsoAcceptable = ["WG-ENDPOINT-STALE-IP"],
            InjectAsync = (s, ct) => s.MeetAnewAsync(s.PeerArguments(s.A, s.B).Replace(s.Endpoint(s.B), s.At(s.V6 ? "fd88::1" : "10.88.0.1", s.Port(s.B)), StringComparison.Ordinal), ct),
        },
        new()
        {
            Code = "WG-DATA-ONLY-DROP",
            Title = "data messages from A are dropped on the way, handshakes pass",
            SettleSeconds = 18,
            ObserveSeconds = 20,
            InjectAsync = (s, ct) => s.DropOnPathAsync($"{s.Nft} saddr {s.Outer(s.A)} {s.Nft} daddr {s.Outer(s.B)} udp dport {s.Port(s.B)} @th,64,8 4", ct),
        },
        Scenario.Impossible("WG-HANDSHAKE-UNDER-LOAD", "needs hundreds of waiting handshakes with valid mac1, and a capture", "OuterPathFaultTests"),
        Scenario.Impossible("WG-UDP-DPI-BLOCK", "is told from a closed path by test datagrams alone, which no probe sends yet", "OuterPathFaultTests"),
        Scenario.Impossible("WG-HANDSHAKE-DSCP-DROP", "is told from a closed path by test datagrams alone, which no probe sends yet", "OuterPathFaultTests"),
        Scenario.Impossible("WG-ENDPOINT-DNS-STALE", "no probe resolves the names of configurations yet", "EndpointFaultTests"),
    ];

    // The entry as planned, with a preshared key that nobody else has.
    private static string WithOwnSecret(Scene s, LabNode node, LabNode peer) =>
        $"wg genpsk | wg set {s.Device(node)} {s.PeerArguments(node, peer)} preshared-key /dev/stdin";
}
