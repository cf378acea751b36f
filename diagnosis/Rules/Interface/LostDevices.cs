// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Finds nodes that others have as a peer and that have no WireGuard device at all: an entry whose key nobody has leads to an address of an observed
/// node, and every reader of devices on that node said "none" rather than "I do not know".
/// </summary>
internal static class LostDevices
{
    public static IEnumerable<LostDevice> Find(MeshModel mesh) => mesh.Peers
        .Where(peer => !peer.KeyIsKnown && peer.Endpoint is not null)
        .Select(peer => (Peer: peer, Host: mesh.Addresses.OwnerOf(peer.Endpoint!.Value.Address)))
        .Where(item => item.Host is { IsHost: true } host && HasNone(host.Node))
        .GroupBy(item => item.Host!)
        .Select(group => new LostDevice(group.Key, [.. group.Select(item => item.Peer)]))
        .OrderBy(lost => lost.Host.Node.Name, StringComparer.Ordinal);

    // A userspace device whose socket hangs or is another user's is there, though it gave no facts.
    private static bool HasNone(NodeView node) =>
        !node.Devices.Any()
        && node.Namespaces.TrueForAll(ns =>
            Safe.WasRead(ns.Facts.Links)
            && (Safe.WasRead(ns.Facts.KernelWireGuard) || ns.Facts.KernelWireGuard?.NotAvailable?.Reason == NotAvailableReason.NotPresent)
            && (Safe.WasRead(ns.Facts.UserspaceWireGuard) || ns.Facts.UserspaceWireGuard?.NotAvailable?.Reason == NotAvailableReason.NotPresent)
            && Safe.List(ns.Facts.UapiSocketProblems).All(socket => socket.Problem == UapiSocketProblem.Stale)
            && !ns.Links.Any(link => link.Kind == "wireguard"))
        && node.Facts.OtherNamespaces?.Value?.Incomplete is null;
}

/// <summary>A node without a device, and who has it as a peer.</summary>
/// <param name="Host">Its first namespace.</param>
/// <param name="Holders">The entries that lead there.</param>
internal sealed record LostDevice(NamespaceView Host, IReadOnlyList<PeerView> Holders)
{
    /// <summary>The name that the devices of this mesh have on the other nodes; null when they differ.</summary>
    public string? Name { get; } = Holders.Select(peer => peer.Device.RawName).Distinct().Take(2).ToList() is [var only] ? only : null;

    /// <summary>A link that has the device's name; null when there is none.</summary>
    public LinkFact? Usurper => Name is null ? null : Host.LinkByName(Name);

    /// <summary>What a program leaves that made its TUN device to stay, and ended: nobody has it open, so it has no carrier.</summary>
    public bool IsLeftover => Usurper is { Kind: "tun", LowerUp: false, Detail.Tun.Persistent: true };
}
