// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>The AllowedIPs of a device as WireGuard uses them: the longest match over all peers owns an address.</summary>
internal sealed class CryptokeyTable(IEnumerable<PeerView> peers)
{
    private readonly PrefixTable<PeerView> _entries =
        new(peers.SelectMany(peer => peer.AllowedIps.Select(prefix => KeyValuePair.Create(prefix, peer))));

    /// <summary>The longest entry that contains the whole prefix; null when none does.</summary>
    public (IpPrefix Prefix, PeerView Peer)? Owner(IpPrefix prefix)
    {
        foreach (var entry in _entries.Covering(prefix)) return entry;
        return null;
    }

    /// <summary>Entries inside the prefix.</summary>
    public IEnumerable<(IpPrefix Prefix, PeerView Peer)> Inside(IpPrefix prefix) => _entries.Inside(prefix);

    public bool Overlaps(IpPrefix prefix) => _entries.Overlaps(prefix);
}
