// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Routing;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>Packets for a tunnel that the kernel leads elsewhere, although rules and routes by themselves have them in the tunnel.</summary>
/// <param name="Device">The tunnel.</param>
/// <param name="Link">Where they leave.</param>
/// <param name="Walks">The walks.</param>
/// <param name="Peers">Whose packets.</param>
/// <param name="Split">The route has several legs, and one of them is not the tunnel; null = a mark or something else that only a packet has decides.</param>
internal sealed record WalkedAway(DeviceView Device, LinkFact Link, IReadOnlyList<WalkFact> Walks, IReadOnlyList<PeerView> Peers, RouteFact? Split)
{
    /// <summary>
    /// Finds them. What follows from the tables alone is left to the searches that read them, so that what these let pass on purpose is let pass here too.
    /// </summary>
    public static IEnumerable<WalkedAway> Find(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead
        from walks in Blockades.WalksOf(device)
            .Where(walk => walk is { Purpose: WalkPurpose.InnerOut or WalkPurpose.LocalOut, Result: WalkResult.Diverted, Nat: null, Protocols: null, Link: not null, Packet: not null } && IsMeant(device, walk))
            .GroupBy(walk => (walk.Family, walk.Link))
        let link = device.Namespace.LinkByName(walks.Key.Link!)
        where link is { Loopback: false } && !device.Namespace.IsWireGuard(link.Index) && device.Namespace.LocalNetworks.TrueForAll(local => local.Link != link.Index)
        let found = Of(device, link, [.. walks])
        where found is not null
        select found;

    private static bool IsMeant(DeviceView device, WalkFact walk) => walk.Local is not { } local || device.HeldBy.Exists(entry => entry.Covers(local));

    private static WalkedAway? Of(DeviceView device, LinkFact link, List<WalkFact> walks)
    {
        RouteFact? split = null;
        var peers = new HashSet<PeerView>();
        var kept = new List<WalkFact>();
        foreach (var walk in walks)
        {
            var packet = walk.Packet!;
            var flow = new Flow(packet.Destination, packet.Input is null ? null : packet.Source, packet.Input, packet.Mark);
            // Without an answer, or with one that leads elsewhere, the tables tell by themselves.
            if (device.Namespace.Fib.Follow(flow) is not { Route: { } route } || !NamespaceView.LeadsTo(route, device.Link!.Index)) continue;
            kept.Add(walk);
            if (route.NextHops.Any(hop => hop.Link == link.Index)) split = route;
            peers.UnionWith(Safe.List(walk.Peers).Select(key => PublicKeys.Canonical(key) is { } canonical ? device.PeerByKey(canonical) : null).OfType<PeerView>());
        }

        return kept.Count == 0 || peers.Count == 0 ? null : new WalkedAway(device, link, kept, [.. peers.OrderBy(peer => peer.Key, StringComparer.Ordinal)], split);
    }

    /// <summary>The finding.</summary>
    public RuleFinding Build(RuleDescriptor descriptor)
    {
        var (where, name) = (DisplayText.Name(Link.Name), Device.Node.Name);
        var draft = new FindingDraft(descriptor, Device)
        {
            Message = Split is { } route
                ? $"On {name} the route to {route.Destination} has several legs, and one of them leads out by {where} instead of into {Device.Name}: a part of the packets to {DisplayText.Join(Peers.Select(peer => peer.RemoteName), 3)} never enters the tunnel."
                : $"On {name} packets to {DisplayText.Join(Peers.Select(peer => peer.RemoteName), 3)} leave by {where} instead of {Device.Name}, though their route leads into it: a rule for a mark that the packet filters set, or for something else that only a packet has, comes first.",
            Confidence = 0.88,
            Family = Walks[0].Family,
            Entry = Peers.Count == 1 ? Peers[0] : null,
        };
        foreach (var walk in Walks.Take(4)) draft.Evidence(Device, FilterText.Packet(walk), $"leaves by {where}", $"leaves by {Device.Name}", "packet walk");
        foreach (var rule in Safe.List(Device.Namespace.Facts.Rules).Where(rule => Split is null && rule.Family == Walks[0].Family && (rule.Mark is not null || rule.OtherSelectors)).Take(4))
            draft.Evidence(Device, "ip rule", Mending.NamespaceCommands.Text(rule) ?? $"prio {rule.Priority}", null, "rtnetlink");
        foreach (var peer in Peers) draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Build();
    }
}
