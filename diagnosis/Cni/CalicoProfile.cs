// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// Calico with encryption by WireGuard (felix/wireguard of projectcalico/calico): a rule at priority 99 sends what has not the mark to a table of its own, in which
/// a throw route means "not encrypted". The mark's bit and the table are allocated, so they are taken from the rule.
/// </summary>
internal static class CalicoProfile
{
    /// <summary>FelixConfiguration wireguardRoutingRulePriority.</summary>
    private const uint Priority = 99;

    /// <summary>End of the default routeTableRanges.</summary>
    private const uint LastTable = 250;

    public static CniProfile Value { get; } = new()
    {
        Name = "Calico",
        Devices = ["wireguard.cali", "wg-v6.cali"],
        Ports = [51820, 51821],
        Plugins = ["calico"],
        FilterOwner = "calico",
        IsItsRule = IsItsRule,
        Marks = [0x100000, 0x200000],
        Tables = [1],
        Mtu = new(60, 80) { Also = [160, 180] },
        Keepalive = 0,
        IsFullMesh = true,
        Normal = NormalBehaviour.SilentWhenIdle | NormalBehaviour.ThrowRoutes,
        Published = Read,
    };

    private static bool IsItsRule(RuleFact rule, WireGuardDeviceFact device) =>
        rule is { Priority: Priority, Invert: true, Mark: > 0 and var mark, Table: >= 1 and <= LastTable } && mark == rule.MarkMask && mark == device.FirewallMark;

    private static IEnumerable<PublishedDevice> Read(ClusterNode node)
    {
        if (node.Annotation(KnownAnnotations.CalicoKey) is { } key)
        {
            yield return new PublishedDevice(node, "wireguard.cali", KnownAnnotations.CalicoKey, key)
            {
                Family = IpFamily.IPv4,
                Endpoints = [.. Addresses.Parse(node.Annotation(KnownAnnotations.CalicoAddress))],
                EndpointFrom = KnownAnnotations.CalicoAddress,
                AddressIn = KnownAnnotations.CalicoTunnelAddress,
            };
        }

        if (node.Annotation(KnownAnnotations.CalicoKeyV6) is { } key6)
        {
            yield return new PublishedDevice(node, "wg-v6.cali", KnownAnnotations.CalicoKeyV6, key6)
            {
                Family = IpFamily.IPv6,
                Endpoints = [.. Addresses.Parse(node.Annotation(KnownAnnotations.CalicoAddressV6))],
                EndpointFrom = KnownAnnotations.CalicoAddressV6,
                AddressIn = KnownAnnotations.CalicoTunnelAddressV6,
            };
        }
    }
}
