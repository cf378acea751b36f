// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Decides what lies behind each device, and counts who routes it there by AllowedIPs.</summary>
internal static class Ownership
{
    /// <summary>
    /// With a route per pod a node owns hundreds of prefixes that all stand or fall together; a sample of them keeps the work linear in
    /// the number of tunnels.
    /// </summary>
    private const int OwnedLimit = 32;

    public static void Assign(IReadOnlyList<NodeView> nodes, IReadOnlyList<DeviceView> devices)
    {
        // A network that several nodes have (docker's 172.17.0.0/16) is nobody's: it cannot be what the tunnels are for.
        var owners = nodes
            .SelectMany(node => node.Namespaces.SelectMany(ns => ns.LocalNetworks).Select(owned => owned.Prefix).Distinct())
            .GroupBy(prefix => prefix)
            .ToDictionary(group => group.Key, group => group.Count());
        foreach (var device in devices)
        {
            device.Owned.AddRange(DeviceAddresses(device));
            device.Owned.AddRange(device.Namespace.LocalNetworks
                .Where(owned => owners[owned.Prefix] == 1)
                .DistinctBy(owned => owned.Prefix)
                .OrderBy(owned => owned.Prefix.IsHost)
                .Take(OwnedLimit)
                .Select(owned => owned with { Holders = 0 }));
        }

        foreach (var device in devices)
        {
            foreach (var owned in device.Owned) owned.Holders = device.HeldBy.Count(peer => peer.Covers(owned.Prefix));
        }
    }

    private static IEnumerable<OwnedPrefix> DeviceAddresses(DeviceView device) => device.Link is null
        ? []
        : device.Namespace.AddressesOn(device.Link.Index)
            .Where(address => !address.Address.IsLinkLocal && !address.Address.IsLoopback)
            .Select(address => new OwnedPrefix(IpPrefix.Host(address.Address), OwnedKind.DeviceAddress, device.Link.Index))
            .Distinct();
}
