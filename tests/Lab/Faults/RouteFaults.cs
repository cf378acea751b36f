// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Faults;

/// <summary>Faults of the kernel's routing around the device.</summary>
internal static class RouteFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new()
        {
            Code = "WG-ROUTE-MISSING",
            Title = "node-1 has lost the route of the pod network into the tunnel",
            Symptom = "node-1's packets for remote pods leave by the default route, in clear text, and are lost",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.First.DoAsync($"{s.Ip} route del {AddressPlan.ClusterNetwork(s.Family)} dev {s.Device}", ct),
        },
        new()
        {
            Code = "WG-ROUTE-SHADOWED",
            Title = "on node-1 a more specific route sends node-2's pod network to a gateway on the underlay",
            Symptom = "node-2's pods are out of node-1's reach, node-3's are not, and the tunnel's route is there",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.First.DoAsync(
                $"{s.Ip} route add {s.SecondPodCidr} via {AddressPlan.Gateway(s.Family)} dev {AddressPlan.UplinkDevice}", ct),
        },
        new()
        {
            Code = "WG-FORWARDING-DISABLED",
            CodeV6 = "WG-FORWARDING-V6-DISABLED",
            Title = "node-2 does not forward",
            Symptom = "node-2 itself answers through the tunnel, its pods do not",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.Second.DoAsync($"sysctl -qw {AddressPlan.ForwardingSysctl(s.Family)}=0", ct),
        },
    ];
}
