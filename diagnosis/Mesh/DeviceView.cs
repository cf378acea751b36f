// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Peers;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>A WireGuard device with everything of its namespace that concerns it.</summary>
internal sealed class DeviceView
{
    private readonly PeerView[] _peers;

    // Most devices have none.
    private Dictionary<string, PeerView>? _countedByKey;
    private List<PeerView>? _counted;
    private readonly ulong _hash;

    public DeviceView(NamespaceView ns, WireGuardDeviceFact fact)
    {
        Namespace = ns;
        Fact = fact;
        RawName = fact.Name ?? "";
        Name = DisplayText.Name(fact.Name);
        Key = PublicKeys.Canonical(fact.PublicKey);
        Link = ns.LinkByName(RawName);
        var peers = Safe.List(fact.Peers);
        _peers = ViewsOf(peers);
        SkippedPeers = peers.Count - _peers.Length;
        Unlisted = fact.Digest is null ? null : new UnlistedPeers(fact);
        _hash = Key is null ? 0 : PeerHash.OfKey(Key);
        Cryptokey = new CryptokeyTable(_peers);
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

    /// <summary>The peers that the facts list.</summary>
    public IReadOnlyList<PeerView> Peers => _peers;

    /// <summary>The peers that only a digest stands for; null when all are listed.</summary>
    public UnlistedPeers? Unlisted { get; }

    /// <summary>Unlisted peers of which something is known because another node lists the tunnel.</summary>
    public IReadOnlyList<PeerView> Counted => _counted ?? [];

    /// <summary>Listed and counted peers.</summary>
    public IEnumerable<PeerView> Entries => Peers.Concat(Counted);

    /// <summary>Number of all peers.</summary>
    public int PeerCount => Peers.Count + (Unlisted?.Totals.Total ?? 0);

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

    /// <summary>The listed or counted peer under the key; null when there is none.</summary>
    public PeerView? PeerByKey(string key)
    {
        var (low, high) = (0, _peers.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_peers[middle].Key, key);
            if (order == 0) return _peers[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return _countedByKey?.GetValueOrDefault(key);
    }

    /// <summary>Whether the device has a peer under the key, listed or not; null when that is not known.</summary>
    public bool? Holds(string key) => PeerByKey(key) is not null ? true : Unlisted is null ? false : Unlisted.Holds(key);

    /// <summary>True when the device lists a peer with this hash whatever its state is, so that what it lists of them is what is usual.</summary>
    public bool IsSample(ulong peerHash) => Unlisted is null || PeerHash.IsSampled(_hash, peerHash, PeerCount);

    /// <summary>
    /// True when something holds for every peer that the device lists by chance, which is how unlisted ones are known to be alike; false when there
    /// are no unlisted ones.
    /// </summary>
    public bool HoldsForUnlisted(Func<PeerView, bool> condition)
    {
        const int Enough = 4;
        if (Unlisted is null) return false;
        var sample = Peers.Where(peer => IsSample(PeerHash.OfKey(peer.Key))).ToList();
        return sample.Count >= Enough && sample.TrueForAll(peer => condition(peer));
    }

    /// <summary>Adds an unlisted peer of which another node tells.</summary>
    public PeerView AddCounted(string key, WireGuardPeerFact fact)
    {
        var peer = new PeerView(this, key, fact) { IsCounted = true };
        (_countedByKey ??= new(StringComparer.Ordinal))[key] = peer;
        (_counted ??= []).Add(peer);
        return peer;
    }

    // By key; of entries with one key the first counts.
    private PeerView[] ViewsOf(IReadOnlyList<WireGuardPeerFact> peers)
    {
        var views = new List<PeerView>(peers.Count);
        var isSorted = true;
        foreach (var peer in peers)
        {
            if (PublicKeys.Canonical(peer.PublicKey) is not { } key) continue;
            isSorted &= views.Count == 0 || string.CompareOrdinal(views[^1].Key, key) < 0;
            views.Add(new PeerView(this, key, peer));
        }

        return isSorted ? [.. views] : [.. views.DistinctBy(view => view.Key, StringComparer.Ordinal).OrderBy(view => view.Key, StringComparer.Ordinal)];
    }

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
