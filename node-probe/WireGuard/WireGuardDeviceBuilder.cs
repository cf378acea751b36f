// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// A device while it is read. A key is unique within one device, so a peer that comes again is the same peer continued;
/// one builder serves one device and one reading, and peers of another device never meet here.
/// </summary>
internal sealed class WireGuardDeviceBuilder(string name, WireGuardImplementation implementation)
{
    private readonly Dictionary<string, WireGuardPeerBuilder> _byKey = new(StringComparer.Ordinal);
    private readonly List<WireGuardPeerBuilder> _inOrder = [];

    public string? PublicKey { get; set; }

    public ushort ListenPort { get; set; }

    public uint FirewallMark { get; set; }

    /// <summary>The peer with this key, new or already begun.</summary>
    public WireGuardPeerBuilder Peer(string publicKey)
    {
        if (_byKey.TryGetValue(publicKey, out var known)) return known;
        var peer = new WireGuardPeerBuilder(publicKey);
        _byKey.Add(publicKey, peer);
        _inOrder.Add(peer);
        return peer;
    }

    public WireGuardDeviceFact Build() => new()
    {
        Name = name,
        Implementation = implementation,
        PublicKey = PublicKey,
        ListenPort = ListenPort,
        FirewallMark = FirewallMark,
        Peers = [.. _inOrder.Select(peer => peer.Build())],
    };
}
