// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a peer's endpoint is a private address that is not on any segment of the sender, the sender's packets to it leave by the default route with a public
/// source, and nothing comes back.
/// Threshold: the pair is dead although this side tries.
/// Traps: inside one cloud network, or over another VPN, private is right: then the sender's own address is private too or a more specific route exists, and this is
/// silent; an address that the peer does not have at all is still private.
/// </summary>
internal sealed class EndpointPrivateAddrRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-PRIVATE-ADDR", Layer.Handshake, Severity.Critical, "The endpoint is a private address out of reach")
    {
        Precedence = Rules.Precedence.Peers + 7,
        StopsHandshake = true,
        Explanation = "A node published the address of its own network, and its peer is in another one. Packets to it leave by the default route and are thrown away by the first router of the "
            + "internet, or reach a stranger in the local network.",
        FalsifiedBy = "`ping` or `traceroute` from the node reaches the peer at that address.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Grouping
        .ByCulprit(mesh.Peers.Where(peer => IsOutOfReach(mesh, peer) && peer.Remote is not null).Select(peer => new Pair<PeerView>(peer.Device, peer.Remote!, peer)))
        .Select(Build);

    /// <summary>Also asked by the rules about other wrong addresses, which then stay silent.</summary>
    public static bool IsOutOfReach(MeshModel mesh, PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint || !Outer.IsPrivate(endpoint.Address) || Outer.IsOnSegment(peer.Device, endpoint.Address)) return false;
        var ns = peer.Device.Namespace;
        return ns.Lookups.ForEndpoint(peer.Device, endpoint.Address) is { Type: Facts.RouteType.Unicast, Link: { } link } lookup
            && !ns.IsWireGuard(link)
            && lookup.Source is { } source && !Outer.IsPrivate(source)
            && IsDefault(ns, endpoint.Address, link)
            && !Outer.IsTranslatedHere(peer)
            && Outer.Fails(mesh, peer);
    }

    private static bool IsDefault(NamespaceView ns, IpAddr address, int link) =>
        !ns.Routes.Any(route => !route.Destination.IsDefault && route.Destination.Contains(address) && NamespaceView.LeadsTo(route, link))
        && ns.Routes.Any(route => route.Destination.IsDefault && route.Destination.Family == address.Family && NamespaceView.LeadsTo(route, link));

    private RuleFinding Build(PairGroup<PeerView> group)
    {
        var first = group.Pairs[0];
        var draft = new FindingDraft(Descriptor, group.Culprit)
        {
            Message = group.ByAll
                ? $"{group.Culprit.Node.Name} is known to all {group.Pairs.Count} peers by the private address {first.Data.Endpoint!.Value.Address}, which they cannot reach from their networks."
                : $"{group.Culprit.Node.Name} sends to a private address of {DisplayText.Join(group.Pairs.Select(pair => $"{pair.About.Node.Name} ({pair.Data.Endpoint!.Value.Address})"), 3)}, which no route but the default one leads to.",
            Confidence = 0.88,
            Entry = group.ByAll || group.Pairs.Count > 1 ? null : first.Data,
            Family = first.Data.Endpoint!.Value.Address.Family,
        };
        foreach (var pair in group.Pairs)
        {
            var address = pair.Data.Endpoint!.Value.Address;
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} endpoints", $"{pair.About.Node.Name} at {pair.Data.Endpoint}", "an address that can be reached from here");
            draft.Evidence(pair.Holder, $"ip route get {address}", $"src {pair.Holder.Namespace.Lookups.ForEndpoint(pair.Holder, address)!.Source}, by the default route", null, "rtnetlink");
            draft.Affects(pair.Data, TunnelState.NoHandshake);
            if (EndpointStaleIpRule.Present(pair.Holder, pair.About, address.Family) is { } present && !Outer.IsPrivate(present.Address))
                draft.Mend(new NodeCommands(pair.Holder).PeerEndpoint(pair.Data.Key, present, pair.Data.Endpoint));
        }

        return draft.Build();
    }
}
