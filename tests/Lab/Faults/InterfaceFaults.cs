// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Faults;

/// <summary>Faults of the WireGuard device itself.</summary>
internal static class InterfaceFaults
{
    private const int TooBig = 1500;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new()
        {
            Code = "WG-IFACE-DOWN",
            Title = "the WireGuard device of node-2 is down, and the kernel has dropped its routes",
            Symptom = "node-2's pods are cut off; with a userspace WireGuard the handshake even stays fresh",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.Second.DoAsync($"ip link set {s.Device} down", ct),
        },
        new()
        {
            Code = "WG-IFACE-NO-ADDRESS",
            Title = "the WireGuard device of node-1 has no address; its route is there (over IPv6 it is gone too)",
            Symptom = "pods reach each other, but node-1 itself (kubelet probes, host-network pods) does not reach remote pods",
            Suffers = Suffering.HostToPod,
            SuffersV6 = Suffering.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                await RemoveAddressAsync(s, ct);
                // IPv4: the kernel flushed the routes with the last address, and node-1's own packets then carry the uplink's address,
                // which the far end refuses. IPv6: with its route node-1 would take the pod bridge's address (RFC 6724, rule 8), which
                // the far end accepts, so that nobody would suffer: only without the route it is a fault.
                await s.First.DoAsync(
                    s.Family == Family.V4 ? $"{s.Ip} {s.Mesh.RouteCommand}" : $"{s.Ip} route flush dev {s.Device}", ct);
            },
        },
        new()
        {
            Code = "WG-IFACE-NO-ADDRESS",
            Variant = "routes-lost",
            Title = "the WireGuard device of node-1 has neither its address nor the routes that went with it",
            Symptom = "everything on node-1 is cut off from remote pods",
            Suffers = Suffering.PodToPod,
            InjectAsync = async (s, ct) =>
            {
                await RemoveAddressAsync(s, ct);
                // IPv4 routes went with the address; IPv6 keeps them.
                await s.First.DoAsync($"{s.Ip} route flush dev {s.Device}", ct);
            },
        },
        new()
        {
            Code = "WG-MTU-TOO-BIG",
            Title = $"WireGuard device and pods of node-1 have MTU {TooBig}, as big as the underlay's",
            Symptom = "ping and short requests work; large answers crawl or stall",
            Suffers = Suffering.LargePackets,
            InjectAsync = async (s, ct) =>
            {
                foreach (var device in new[] { s.Device, AddressPlan.BridgeDevice, "veth-pod" })
                    await s.First.DoAsync($"ip link set {device} mtu {TooBig}", ct);
                (await s.First.RunInPodAsync($"ip link set eth0 mtu {TooBig}", ct)).OutputOrThrow("MTU of the pod");
            },
        },
    ];

    private static Task<string> RemoveAddressAsync(FaultScene s, CancellationToken ct) => s.First.DoAsync(
        $"{s.Ip} addr del {AddressPlan.Tunnel(s.Family, s.First.Number)}/{AddressPlan.HostLength(s.Family)} dev {s.Device}", ct);
}
