// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// Cilium with encryption by WireGuard (pkg/wireguard/agent of cilium/cilium): one device without address, rule or route; programs of the kernel redirect to it.
/// Old versions had a rule at priority 1 to table 201.
/// </summary>
internal static class CiliumProfile
{
    public static CniProfile Value { get; } = new()
    {
        Name = "Cilium",
        Devices = ["cilium_wg0"],
        Ports = [51871],
        Plugins = ["cilium-cni"],
        FilterOwner = "cilium",
        IsItsRule = (rule, _) => rule is { Priority: 1, Mark: 0xe00, MarkMask: 0xf00, Table: 201 },
        Marks = [0x1e00, 0xe00],
        Tables = [201],
        // 95 = 80 and up to 15 bytes of padding, where the kernel's cap does not see the packet (cilium/cilium#45940).
        Mtu = new(80, 80) { Also = [95] },
        Keepalive = 0,
        IsFullMesh = true,
        Normal = NormalBehaviour.SilentWhenIdle | NormalBehaviour.NoAddress | NormalBehaviour.NoRoute | NormalBehaviour.LinkLocalAllowedIps,
        Published = Read,
    };

    private static IEnumerable<PublishedDevice> Read(ClusterNode node) =>
        (node.Annotation(KnownAnnotations.CiliumKey) ?? node.Annotation(KnownAnnotations.CiliumOldKey)) is { } key
            ? [new PublishedDevice(node, "cilium_wg0", KnownAnnotations.CiliumKey, key) { Port = 51871, Endpoints = node.Addresses }]
            : [];
}
