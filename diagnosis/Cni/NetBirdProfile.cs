// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>NetBird (client/internal/routemanager of netbirdio/netbird): its own routes in table 7120; relayed peers have a proxy on loopback as endpoint.</summary>
internal static class NetBirdProfile
{
    private const uint Mark = 0x1bd00;

    public static CniProfile Value { get; } = new()
    {
        Name = "NetBird",
        Devices = ["wt0"],
        Ports = [51820],
        FilterOwner = "netbird",
        IsItsRule = (rule, _) => rule is { Priority: 110, Invert: true, Mark: Mark, Table: 7120 },
        Marks = [Mark],
        Tables = [7120],
        Mtu = ProfileMtu.Always(1280),
        Keepalive = 25,
        Normal = NormalBehaviour.LoopbackEndpoints,
    };
}
