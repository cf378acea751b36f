// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Packet sizes and checksums: sections L and M of the failure catalogue.</summary>
internal static class MtuScenarios
{
    // Both ends have to be watched at one time; a longer window forgives that one of them is read later.
    private const int Together = 12;

    private const int TooBig = 1500;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-MTU-TOO-BIG",
            Title = $"WireGuard device and pod of A have MTU {TooBig}, as big as the underlay's",
            Layouts = Layouts.Flannel,
            // The node cuts the outer packets into fragments; only a path that drops those loses anything.
            Hurts = Hurt.None,
            Effect = async (s, ct) => await s.CounterAsync(s.A, s.V6 ? "Ip6FragCreates" : "IpFragCreates", ct) > 0,
            InjectAsync = async (s, ct) =>
            {
                await EnlargeAsync(s, ct);
                await PingAsync(s, s.A, s.B, TooBig, ct);
            },
        },
        new()
        {
            Code = "WG-MTU-BLACKHOLE",
            Title = "the path between A and B carries 1300 bytes and says nothing about what is longer",
            ObserveSeconds = Together,
            Traffic = Traffic.PodToPod | Traffic.Large,
            Hurts = Hurt.Large,
            // The IPv6 header is not part of its payload length.
            InjectAsync = (s, ct) => s.DropOnPathAsync($"{Between(s)} {(s.V6 ? "ip6 length > 1260" : "ip length > 1300")}", ct),
        },
        new()
        {
            Code = "WG-FRAGMENT-DROP",
            Title = $"A's tunnel has MTU {TooBig}, and fragments are dropped on the way",
            ObserveSeconds = Together,
            // That its MTU is too big is true too, and lowering it is the mend.
            AlsoTrue = ["WG-MTU-TOO-BIG"],
            Hurts = Hurt.Large,
            InjectAsync = async (s, ct) =>
            {
                await EnlargeAsync(s, ct);
                var hook = Layouts.Routed.HasFlag(s.Layout) ? "prerouting priority -450" : "forward priority 0";
                var fragment = s.V6 ? "exthdr frag exists" : "ip frag-off & 0x3fff != 0";
                await s.NftRouterAsync($"table {(Layouts.Routed.HasFlag(s.Layout) ? s.Nft : "bridge")} path {{ chain gate {{ type filter hook {hook}; {fragment} drop; }}; }}", ct);
                await PingAsync(s, s.A, s.B, TooBig, ct);
            },
        },
        new()
        {
            Code = "WG-MTU-TOO-SMALL",
            Title = "A's WireGuard device has MTU 1270: the kernel takes IPv6 away from it",
            Families = Families.V6,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip link set {s.Device(s.A)} mtu 1270", ct),
        },
        new()
        {
            Code = "WG-MTU-ASYMMETRIC",
            Title = "the path carries less than B's tunnel sends; A's tunnel alone was made smaller",
            ObserveSeconds = Together,
            Layouts = Layouts.Flannel | Layouts.Sites,
            // The path is a blackhole for what B sends.
            AlsoTrue = ["WG-MTU-BLACKHOLE"],
            Traffic = Traffic.PodToPod | Traffic.Reverse,
            Hurts = Hurt.None,
            Effect = async (s, ct) => await s.PingAsync(s.B, true, s.Pod(s.A), ct) && !await s.PingAsync(s.B, true, s.Pod(s.A), ct, size: s.Mtu(s.B)),
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip link set {s.Device(s.A)} mtu 1300", ct);
                await s.DropOnPathAsync($"{Between(s)} {(s.V6 ? "ip6 length > 1360" : "ip length > 1400")}", ct);
                await PingAsync(s, s.B, s.A, s.Mtu(s.B), ct);
            },
        },
        new()
        {
            Code = "WG-MTU-UNDERLAY-CHANGED",
            Title = "A's uplink carries 1400 bytes now",
            Traffic = Traffic.PodToPod | Traffic.Large,
            Hurts = Hurt.Large,
            InjectAsync = (s, ct) => s.DoAsync(s.A, $"ip link set {s.Uplink(s.A)} mtu 1400", ct),
        },
        new()
        {
            Code = "WG-MTU-POD-MISMATCH",
            Title = "A's pod has MTU 9000, the node's end of its cable does not",
            Traffic = Traffic.PodToPod,
            Hurts = Hurt.Large,
            InjectAsync = async (s, ct) =>
            {
                await s.DoPodAsync(s.A, "ip link set eth0 mtu 9000", ct);
                await PingAsync(s, s.A, s.B, 3000, ct);
            },
        },
        new()
        {
            Code = "WG-ICMP-PMTU-FILTERED",
            Title = "A's pods have MTU 1500, and a rule of A drops the messages that tell them of the tunnel's",
            Layouts = Layouts.Flannel | Layouts.Sites,
            AlsoTrue = ["WG-MTU-POD-MISMATCH"],
            Hurts = Hurt.Large,
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, $"ip link set {s.PodDevice(s.A)} mtu {TooBig}; for l in $(ls /sys/class/net/{s.PodDevice(s.A)}/brif 2>/dev/null); do ip link set $l mtu {TooBig}; done", ct);
                await s.DoPodAsync(s.A, $"ip link set eth0 mtu {TooBig}", ct);
                await s.NftAsync(
                    s.A,
                    $"table {s.Nft} t {{ chain o {{ type filter hook output priority 0; {(s.V6 ? "icmpv6 type packet-too-big" : "icmp type destination-unreachable icmp code 4")} counter drop; }}; }}",
                    ct);
                await PingAsync(s, s.A, s.B, TooBig, ct);
            },
        },
        Scenario.Impossible("WG-MSS-NO-CLAMP", "stands only where a filter drops what would make up for it, and that is the first cause", "WalkFaultTests"),
        new()
        {
            Code = "WG-OFFLOAD-CSUM-OUTER",
            Title = "the UDP checksums of what A sends to B are wrong on the wire",
            InjectAsync = async (s, ct) =>
            {
                // On a veth the checksum is never filled in nor looked at while the sender's offload is on.
                await s.DoAsync(s.A, $"ethtool -K {s.Uplink(s.A)} tx off >/dev/null", ct);
                await s.NftRouterAsync(
                    $"table {(Layouts.Routed.HasFlag(s.Layout) ? s.Nft : "bridge")} path {{ chain gate {{ type filter hook forward priority 0; {s.Nft} saddr {s.Outer(s.A)} {s.Nft} daddr {s.Outer(s.B)} udp dport {s.Port(s.B)} udp checksum set 0xdead; }}; }}",
                    ct);
            },
        },
        new()
        {
            Code = "WG-OFFLOAD-CSUM-INNER",
            Title = "A gives what it sends into the tunnel itself a wrong ICMP checksum",
            Traffic = Traffic.PodToPod | Traffic.HostToHost,
            Hurts = Hurt.HostToHost,
            InjectAsync = (s, ct) => s.NftAsync(
                s.A,
                $"table inet t {{ chain o {{ type filter hook output priority 0; oifname {s.Device(s.A)} {(s.V6 ? "icmpv6 type echo-request icmpv6 checksum" : "icmp type echo-request icmp checksum")} set 0xdead; }}; }}",
                ct),
        },
        Scenario.Impossible("WG-OFFLOAD-GSO-UDP", "a driver's fault: virtual cables send what they are given", "OffloadFaultTests"),
        Scenario.Impossible("WG-MTU-PADDING-BPF", "needs a program that redirects into the tunnel past its MTU, and a sweep of sizes that no probe sends yet", "PathTestFaultTests"),
        Scenario.Impossible("WG-MTU-ROUTE-HOST-PLANE", "needs Cilium's node encryption", "PathTestFaultTests"),
    ];

    /// <summary>The outer packets between A and B, as an nft match.</summary>
    private static string Between(Scene s) =>
        $"{s.Nft} saddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} {s.Nft} daddr {{ {s.Outer(s.A)}, {s.Outer(s.B)} }} meta l4proto udp";

    private static async Task EnlargeAsync(Scene s, CancellationToken ct)
    {
        foreach (var device in await CableAsync(s, ct))
            await s.DoAsync(s.A, $"ip link set {device} mtu {TooBig}", ct);
        await s.DoPodAsync(s.A, $"ip link set eth0 mtu {TooBig}", ct);
    }

    // Tunnel, cable to the pod and the bridge that the cable may belong to.
    private static async Task<string[]> CableAsync(Scene s, CancellationToken ct)
    {
        var ports = await s.DoAsync(s.A, $"ip -o link show master {s.PodDevice(s.A)} 2>/dev/null | sed 's/^[0-9]*: \\([^@:]*\\).*/\\1/' || true", ct);
        return [s.Device(s.A), .. ports.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), s.PodDevice(s.A)];
    }

    /// <summary>Packets of a size from one pod to the other, two a second, which the pod does not cut.</summary>
    private static Task PingAsync(Scene s, LabNode from, LabNode to, int size, CancellationToken ct) => s.StartAsync(
        from.Pod,
        $"while :; do ping -q -n -M do -w 600 -i 0.5 -s {(size - s.PingHeaders).ToString(CultureInfo.InvariantCulture)} {s.Pod(to)}; sleep 1; done >/dev/null 2>&1",
        ct);
}
