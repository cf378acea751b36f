// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Faults;

/// <summary>Faults of cryptokey routing: which peer may send and receive which addresses.</summary>
internal static class AllowedIpsFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new()
        {
            Code = "WG-ALLOWEDIPS-MISSING-DST",
            Title = "node-1's peer entry for node-2 lacks node-2's pod network",
            Symptom = "node-1's packets for node-2's pods enter the device and leave to nobody; the handshake may be fresh",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.First.DoAsync($"wg set {s.Device} peer {s.Mesh.PublicKey(s.Second)} allowed-ips ''", ct),
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-MISSING-SRC",
            Title = "node-2's peer entry for node-1 lacks node-1's pod network",
            Symptom = "the handshake stays fresh, node-1's packets arrive and are decrypted, and node-2 throws them away",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.Second.DoAsync($"wg set {s.Device} peer {s.Mesh.PublicKey(s.First)} allowed-ips ''", ct),
        },
        new()
        {
            Code = "WG-ALLOWEDIPS-OVERLAP",
            Title = "on node-1 a stranger's key has taken over node-2's pod network",
            Symptom = "node-1's packets for node-2's pods go to the wrong peer",
            Suffers = Suffering.PodToPod,
            InjectAsync = (s, ct) => s.First.DoAsync(
                $"wg set {s.Device} peer \"$(wg genkey | wg pubkey)\" allowed-ips {s.SecondPodCidr}", ct),
        },
    ];
}
