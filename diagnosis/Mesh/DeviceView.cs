// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>A WireGuard device with everything of its namespace that concerns it.</summary>
internal sealed class DeviceView
{
    private readonly Dictionary<string, PeerView> _byKey = [];

    public DeviceView(NamespaceView ns, WireGuardDeviceFact fact)
    {
        Namespace = ns;
        Fact = fact;
        RawName = fact.Name ?? "";
        Name = DisplayText.Name(fact.Name);
        Key = PublicKeys.Canonical(fact.PublicKey);
        Link = ns.LinkByName(RawName);
        var peers = Safe.List(fact.Peers);
        foreach (var peer in peers)
        {
            if (PublicKeys.Canonical(peer.PublicKey) is { } key) _byKey.TryAdd(key, new PeerView(this, key, peer));
        }

        SkippedPeers = peers.Count - _byKey.Count;
        Peers = [.. _byKey.Values.OrderBy(peer => peer.Key, StringComparer.Ordinal)];
        Cryptokey = new CryptokeyTable(Peers);
    }

    public NamespaceView Namespace { get; }

    public NodeView Node => Namespace.Node;

    public WireGuardDeviceFact Fact { get; }

    /// <summary>Name fit to be shown.</summary>
    public string Name { get; }

    /// <summary>Name as the node said it.</summary>
    public string RawName { get; }

    /// <summary>Own public key, canonical; null when it has no private key.</summary>
    public string? Key { get; }

    /// <summary>The device's link; null when links could not be read.</summary>
    public LinkFact? Link { get; }

    public bool IsUserspace => Fact.Implementation == WireGuardImplementation.Userspace;

    public IReadOnlyList<PeerView> Peers { get; }

    /// <summary>Peers without a usable key: the zero key of a dummy, or damaged facts.</summary>
    public int SkippedPeers { get; }

    public CryptokeyTable Cryptokey { get; }

    /// <summary>Entries for this device at other observed devices.</summary>
    public List<PeerView> HeldBy { get; } = [];

    /// <summary>What lies behind it and behind no other observed node.</summary>
    public List<OwnedPrefix> Owned { get; } = [];

    /// <summary>Devices that are connected by peer entries have the same number.</summary>
    public int MeshId { get; set; }

    /// <summary>Source of what was read about it, for evidence.</summary>
    public string Source => IsUserspace ? "uapi socket" : "genetlink wireguard";

    public PeerView? PeerByKey(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>True when the set of its peers can be trusted to be complete.</summary>
    public bool PeersComplete => !Node.Facts.Truncated && !(IsUserspace
        ? Namespace.Facts.UserspaceWireGuard?.Interrupted ?? false
        : Namespace.Facts.KernelWireGuard?.Interrupted ?? false);

    /// <summary>Addresses on the device that can be used as a source.</summary>
    public IEnumerable<AddressFact> Addresses(IpFamily family) => Link is null
        ? []
        : Namespace.AddressesOn(Link.Index).Where(address => address.Address.Family == family && !address.Unusable && !address.Address.IsLinkLocal);

    /// <summary>Routes of any table but the local one that lead into the device.</summary>
    public IEnumerable<RouteFact> RoutesInto(IpFamily family) => Link is null
        ? []
        : Namespace.RoutesVia(Link.Index).Where(route => route.Destination.Family == family);

    /// <summary>True when an ordinary packet into the prefix meets a route into this device, be it that another one wins.</summary>
    public bool HasRouteFor(IpPrefix prefix) => CoveringRoute(prefix) is not null;

    /// <summary>The longest route that leads the whole prefix into the device.</summary>
    public RouteFact? CoveringRoute(IpPrefix prefix) => Link is null
        ? null
        : Namespace.Fib.Reachable(prefix)
            .Where(route => route.Destination.Contains(prefix) && NamespaceView.LeadsTo(route, Link.Index))
            .MaxBy(route => route.Destination.Length);
}
