// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host.Managers;

/// <summary>What wg-quick, systemd-networkd and NetworkManager have written down about WireGuard devices of the host.</summary>
internal static class TunnelConfigReader
{
    private const int MaxConfigs = 64;

    private static readonly string[] Quick = ["/etc/wireguard"];
    private static readonly string[] Netdev = ["/etc/systemd/network", "/run/systemd/network", "/usr/local/lib/systemd/network", "/usr/lib/systemd/network"];
    /// <summary>Where NetworkManager keeps its connections.</summary>
    internal static readonly string[] Keyfile = ["/etc/NetworkManager/system-connections", "/run/NetworkManager/system-connections", "/usr/lib/NetworkManager/system-connections"];

    public static Reading<IReadOnlyList<TunnelConfigFact>> Read(HostPaths paths)
    {
        var path = HostRoot.Of(paths);
        var errno = Folder.TryOpen(path, out var root);
        if (root is null) return HostFile.Unreadable<IReadOnlyList<TunnelConfigFact>>(path, errno);
        using (root)
        {
            List<TunnelConfigFact> found =
            [
                .. HostFiles.In(root, Quick, ".conf").Where(file => file.Text.Contains('[', StringComparison.Ordinal)).Select(file => TunnelFiles.Quick(file.Name[..^".conf".Length], file.Path, file.Text, file.Complete)),
                .. HostFiles.In(root, Netdev, ".netdev").Select(file => TunnelFiles.Netdev(file.Path, file.Text, file.Complete)).OfType<TunnelConfigFact>(),
                .. HostFiles.In(root, Keyfile, ".nmconnection").Select(file => TunnelFiles.Keyfile(file.Path, file.Text, file.Complete)).OfType<TunnelConfigFact>(),
            ];
            return Reading<IReadOnlyList<TunnelConfigFact>>.Of([.. found.Take(MaxConfigs)], seen: found.Count > MaxConfigs ? found.Count : null);
        }
    }
}
