// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// How the devices of a mesh get their addresses, learnt from the other devices: at a fixed place inside the prefix that the peers hold
/// for a node (Flannel: the first address of the pod network), or as a host prefix of their own (wg-quick).
/// </summary>
internal static class AddressConvention
{
    /// <summary>The address that the device should have, with its prefix length; null when the siblings show no pattern.</summary>
    public static (IpAddr Address, int Length)? AddressFor(MeshModel mesh, DeviceView device, IpFamily family)
    {
        var patterns = mesh.Siblings(device)
            .SelectMany(sibling => sibling.Addresses(family).Take(1).Select(address => (sibling, address)))
            .SelectMany(pair => HeldFor(pair.sibling, family)
                .Where(prefix => prefix.Contains(pair.address.Address))
                .OrderByDescending(prefix => prefix.Length).Take(1)
                .Select(prefix => (Pattern: new Pattern(prefix.IsHost, prefix.IsHost ? 0 : pair.address.Address.Bits - prefix.Network.Bits), pair.address.PrefixLength)))
            .GroupBy(item => item)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.PrefixLength)
            .Select(group => group.Key)
            .ToList();
        foreach (var (pattern, length) in patterns)
        {
            var candidates = HeldFor(device, family).Where(prefix => prefix.IsHost == pattern.Host).Distinct().ToList();
            if (candidates is not [var prefix]) continue;
            var address = IpAddr.FromBits(family, prefix.Network.Bits + pattern.Offset);
            if (prefix.Contains(address)) return (address, length);
        }

        return null;
    }

    /// <summary>What the peers of a device hold for it.</summary>
    private static IEnumerable<IpPrefix> HeldFor(DeviceView device, IpFamily family) =>
        device.HeldBy.SelectMany(entry => entry.AllowedIps).Where(prefix => prefix.Family == family && !prefix.IsDefault).Distinct();

    private readonly record struct Pattern(bool Host, UInt128 Offset);
}
