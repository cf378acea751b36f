// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Antrea with encryption by WireGuard (pkg/agent/wireguard of antrea-io/antrea): the gateway's address again on the device, a route for each node's pods.</summary>
internal static class AntreaProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Antrea",
        Devices = ["antrea-wg0", "antrea-mc-wg0"],
        Ports = [51820, 51821],
        Plugins = ["antrea"],
        FilterOwner = "antrea",
        Mtu = new(60, 80),
        Keepalive = 0,
        UsesPodCidrs = true,
        IsFullMesh = true,
        Normal = NormalBehaviour.SilentWhenIdle,
        Published = Read,
    };

    private static IEnumerable<PublishedDevice> Read(ClusterNode node) => node.Annotation(KnownAnnotations.AntreaKey) is { } key
        ? [new PublishedDevice(node, "antrea-wg0", KnownAnnotations.AntreaKey, key)]
        : [];
}
