// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Routing;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>
/// Signs that say nothing to the node alone and may say something to whoever knows the other end. A sign that more than half of the peers have is how
/// this mesh is made and no sign; the sample shows it.
/// </summary>
internal sealed class PeerSigns(DeviceView device, LocalVerdicts local)
{
    /// <summary>Behind address translation any port is normal, so only few odd ones are of interest.</summary>
    private const int OddEndpoints = 32;

    /// <summary>A few unused peers among used ones may be entries that were left behind.</summary>
    private const int FewIdle = 16;

    private const int Busiest = 32;

    private readonly IReadOnlyList<PeerView> _peers = device.Peers;

    /// <summary>Peers by sign, the most telling first; <c>Tells</c> = whether a peer with the sign cannot be called healthy when there is no place to list it.</summary>
    public IEnumerable<(IEnumerable<PeerView> Peers, bool Tells)> All()
    {
        yield return (_peers.Where(local.IsNamed), true);
        yield return (_peers.Where(IsOneSided), true);
        yield return (Minority(OddShapes()), true);
        yield return (Minority(_peers.Where(IsLedElsewhere)), true);
        yield return (Minority(CrossedByRoutes()), true);
        yield return (Few(OddPorts(), OddEndpoints), false);
        yield return (Few(_peers.Where(HasNoWay), OddEndpoints), false);
        yield return (Few(_peers.Where(peer => local.Of(peer) == TunnelState.Idle), FewIdle), false);
        if (Drops.Of(device) is not { Inbound: 0, Outbound: 0 })
            yield return (_peers.OrderByDescending(peer => (peer.Fact.Received.Growth ?? 0) + (double)(peer.Fact.Sent.Growth ?? 0)).Take(Busiest), false);
    }

    /// <summary>Data went one way only. Whoever is not listed got data as well as sent it, or did neither; the engine relies on this.</summary>
    private static bool IsOneSided(PeerView peer)
    {
        var received = Traffic.IsData(peer.Fact.Received, peer);
        return received ? !Traffic.IsData(peer.Fact.Sent, peer) : Traffic.DataGrowth(peer.Fact.Sent, peer) >= TunnelCounters.EnoughData;
    }

    // A peer whose prefixes differ in number or length from what is usual has lost one or got one that is not its own.
    private List<PeerView> OddShapes()
    {
        var shapes = _peers.GroupBy(peer => string.Join(' ', peer.AllowedIps.Select(prefix => ((int)prefix.Family * 1000) + prefix.Length).Order()), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count());
        return [.. shapes.Skip(1).SelectMany(group => group)];
    }

    private bool IsLedElsewhere(PeerView peer) => device.Link is { } link && peer.AllowedIps.Any(prefix =>
        device.Namespace.Lookups.ForPrefix(device, prefix) is { } lookup && (lookup.Error is not null || lookup.Type != RouteType.Unicast || lookup.Link != link.Index));

    // A route past the tunnel for a part of a peer's prefixes.
    private List<PeerView> CrossedByRoutes()
    {
        if (device.Link is not { } link) return [];
        return [.. device.Namespace.Routes
            .Where(route => route.Table != PolicyRules.LocalTable && !route.Destination.IsDefault && !NamespaceView.LeadsTo(route, link.Index))
            .Select(route => device.Cryptokey.Owner(route.Destination))
            .Where(owner => owner is { Prefix.IsDefault: false })
            .Select(owner => owner!.Value.Peer)
            .Distinct()];
    }

    private IEnumerable<PeerView> OddPorts()
    {
        var ports = _peers.Where(peer => peer.Endpoint is not null).GroupBy(peer => peer.Endpoint!.Value.Port).OrderByDescending(group => group.Count());
        return ports.Skip(1).SelectMany(group => group).Concat(_peers.Where(peer => peer.Endpoint is null));
    }

    private bool HasNoWay(PeerView peer) => peer.Endpoint is { } endpoint
        && device.Namespace.Lookups.ForEndpoint(device, endpoint.Address) is { } lookup
        && (lookup.Error is not null || lookup.Type != RouteType.Unicast);

    private List<PeerView> Minority(IEnumerable<PeerView> peers) => Few(peers, _peers.Count / 2);

    private static List<PeerView> Few(IEnumerable<PeerView> peers, int limit)
    {
        var some = peers.Take(limit + 1).ToList();
        return some.Count <= limit ? some : [];
    }
}
