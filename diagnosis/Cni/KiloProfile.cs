// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// Kilo (pkg/mesh of squat/kilo): nodes are grouped into locations, and only the leader of a location has its device up. Table 1107 holds routes for what comes from
/// pods and from the tunnel.
/// </summary>
internal static class KiloProfile
{
    private const uint Table = 1107;

    public static CniProfile Value { get; } = new()
    {
        Name = "Kilo",
        Devices = ["kilo0"],
        Ports = [51820],
        FilterOwner = "kilo",
        IsItsRule = (rule, device) => rule.Table == Table && device.Name == "kilo0",
        Tables = [Table],
        Mtu = new(80, 80),
        Normal = NormalBehaviour.SilentWhenIdle | NormalBehaviour.DownOnSomeNodes,
        Published = Read,
    };

    private static IEnumerable<PublishedDevice> Read(ClusterNode node) => node.Annotation(KnownAnnotations.KiloKey) is { } key
        ? [new PublishedDevice(node, "kilo0", KnownAnnotations.KiloKey, key)
        {
            Endpoints = [.. Addresses.Parse(node.Annotation(KnownAnnotations.KiloForceEndpoint) ?? node.Annotation(KnownAnnotations.KiloEndpoint))],
            EndpointFrom = KnownAnnotations.KiloEndpoint,
        }]
        : [];
}
