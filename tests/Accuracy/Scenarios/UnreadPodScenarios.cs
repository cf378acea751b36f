// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Faults inside of pods as a user meets them who asked for nothing: the probe is not told to read any pod.</summary>
internal static class UnreadPodScenarios
{
    private const string Variant = "unasked";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-RETURN-ROUTE-MISSING",
            Variant = Variant,
            Title = "the host behind B has no default route, and nobody asked for its network",
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, $"{s.Ip} route del default", ct),
        },
        new()
        {
            Code = "WG-RETURN-ROUTE-MISSING",
            Variant = "unasked-sender",
            Title = "A's pod, which sends, has no default route, and nobody asked for its network",
            InjectAsync = (s, ct) => s.DoPodAsync(s.A, $"{s.Ip} route del default", ct),
        },
        new()
        {
            Code = "WG-POD-NETNS-ROUTE",
            Variant = Variant,
            Title = "the default route of B's pod leads to a gateway that is not there, and nobody asked for its network",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            SettleSeconds = 5,
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, $"ip route replace default via {s.Pod(s.B)[..(s.Pod(s.B).LastIndexOf('.') + 1)]}99", ct),
        },
        new()
        {
            Code = "WG-TARGET-HOST-FILTER",
            Variant = Variant,
            Title = "B's pod itself drops what does not come from its own network, and nobody asked for it",
            InjectAsync = (s, ct) => s.NftPodAsync(s.B, $"table inet t {{ chain i {{ type filter hook input priority 0; {s.Nft} saddr != {{ {s.PodNetwork(s.B)}{(s.V6 ? ", fe80::/10" : "")} }} counter drop; }}; }}", ct),
        },
        new()
        {
            Code = "WG-POD-VETH-BROKEN",
            Variant = "inner-end",
            Title = "the pod's end of its link to B is down",
            InjectAsync = (s, ct) => s.DoPodAsync(s.B, "ip link set eth0 down", ct),
        },
        new()
        {
            Code = "WG-POD-VETH-BROKEN",
            Variant = "no-port",
            Title = "the link of B's pod is no port of the bridge any more",
            Layouts = Layouts.Flannel,
            InjectAsync = (s, ct) => s.DoAsync(s.B, "ip link set veth-pod nomaster", ct),
        },
    ];
}
