// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Nat;

/// <summary>
/// Signal: a packet from a peer's endpoint to the device's port gets another destination. Threshold: none. Traps: translation looks only at the
/// first packet of a connection, so a living session stays until its entry expires (a warning then); a redirect to the same port changes nothing. The node's own
/// packets to a peer's right endpoint count too, where the peer is tried in vain and the new place is not the peer's; virtual addresses are not touched.
/// </summary>
internal sealed class PortHijackDnatRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-PORT-HIJACK-DNAT", Layer.Nat, Severity.Critical, "A DNAT rule takes WireGuard's port away")
    {
        Precedence = Rules.Precedence.OuterPath,
        Explanation = "A hostPort, NodePort, Service or container mapping rewrites the destination of UDP packets to WireGuard's port before routing. They go somewhere else; a capture on the uplink "
            + "shows them, the device receives nothing. Existing connections keep working until connection tracking forgets them.",
        FalsifiedBy = "`conntrack -L -p udp` shows the port's flows answered from the node itself.",
        StopsHandshake = true,
        Reach = Reach.Tunnels,
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Incoming(mesh).Concat(
        from device in mesh.Devices
        from rule in Blockades.WalksOf(device).Where(walk => walk is { Purpose: WalkPurpose.OuterOut, Nat: { Kind: "dnat" or "redirect" or "netmap", Rule: not null } })
            .GroupBy(walk => (walk.Family, walk.Nat!.Rule!.Table, walk.Nat.Rule.Chain, walk.Nat.Rule.Handle))
        let peers = rule.SelectMany(walk => Misled(device, walk, mesh.Thresholds)).Distinct().ToList()
        where peers.Count > 0
        select BuildOwn(device, rule.First(), peers));

    private IEnumerable<RuleFinding> Incoming(MeshModel mesh) =>
        from device in mesh.Devices
        from rule in Blockades.WalksOf(device)
            .Where(walk => walk is { Purpose: WalkPurpose.OuterIn, Nat: { Kind: "dnat" or "redirect" or "tproxy" or "netmap", Rule: not null } } && IsElsewhere(walk))
            .GroupBy(walk => (walk.Family, walk.Nat!.Rule!.Table, walk.Nat.Rule.Chain, walk.Nat.Rule.Handle))
        select Build(device, [.. rule], mesh.Thresholds);

    /// <summary>Peers to whom this node speaks in vain, because its own rule sends the packets where the peer's device does not listen.</summary>
    private static List<PeerView> Misled(DeviceView device, WalkFact walk, Thresholds thresholds) => walk is { Purpose: WalkPurpose.OuterOut, Nat: { Destination: not null } or { DestinationPort: not null } }
        ? [.. device.Peers.Where(peer => Safe.List(walk.Peers).Contains(peer.Key) && peer is { Remote: { } remote, Endpoint: { } endpoint }
            && Session.State(peer, thresholds) != SessionState.Fresh && Session.Tries(peer)
            && endpoint.Port == remote.Fact.ListenPort && remote.Namespace.Addresses.Any(own => own.Address == endpoint.Address)
            && ((walk.Nat.DestinationPort ?? endpoint.Port) != remote.Fact.ListenPort || !remote.Namespace.Addresses.Any(own => own.Address == (walk.Nat.Destination ?? endpoint.Address))))]
        : [];

    private RuleFinding BuildOwn(DeviceView device, WalkFact walk, List<PeerView> peers)
    {
        var nat = walk.Nat!;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} sends its own packets for {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)} elsewhere ({DisplayText.Detail(nat.To)}): {FilterText.Place(nat.Rule!)} says \"{FilterText.Said(nat.Rule!)}\"{FilterText.Owner(nat.Rule!)}.",
            Confidence = nat.Rule!.Packets?.Growth > 0 ? 0.95 : 0.9,
            Family = walk.Family,
        };
        draft.Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), $"to {peers[0].Endpoint}", "packet walk");
        foreach (var peer in peers) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        var commands = new FilterCommands(device);
        draft.Mend(commands.Delete(nat.Rule), commands.Line($"conntrack -D -p udp --orig-port-dst {peers[0].Endpoint!.Value.Port}", null, "forgets the flows that were translated; they are made anew with the next packet"));
        return draft.Build();
    }

    private static bool IsElsewhere(WalkFact walk) =>
        walk.Nat!.Destination is not null || walk.Nat.DestinationPort is not null || walk.Link is not null || walk.Result is WalkResult.Dropped or WalkResult.Rejected;

    private RuleFinding Build(DeviceView device, List<WalkFact> walks, Thresholds thresholds)
    {
        var nat = walks[0].Nat!;
        var keys = walks.SelectMany(walk => Safe.List(walk.Peers)).ToHashSet(StringComparer.Ordinal);
        var all = walks.Exists(walk => walk.Count > Safe.List(walk.Peers).Count);
        // Peers without an endpoint call from anywhere and cannot be walked; when no first packet gets through, theirs does not either.
        var open = Blockades.WalksOf(device).Any(walk => walk.Purpose == WalkPurpose.OuterIn && walk.Family == walks[0].Family && walk.States.Contains(WalkState.New) && !walks.Contains(walk));
        var peers = device.Peers.Where(peer => all || keys.Contains(peer.Key) || (!open && peer.Endpoint is null)).ToList();
        var silent = peers.Where(peer => Session.State(peer, thresholds) != SessionState.Fresh).ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} sends packets for WireGuard's port {device.Fact.ListenPort} elsewhere ({DisplayText.Detail(nat.To)}): {FilterText.Place(nat.Rule!)} says \"{FilterText.Said(nat.Rule!)}\"{FilterText.Owner(nat.Rule!)}.",
            Confidence = silent.Count > 0 ? nat.Rule!.Packets?.Growth > 0 ? 0.96 : 0.9 : 0.8,
            Severity = silent.Count > 0 ? Descriptor.Severity : Severity.Warning,
            Family = walks[0].Family,
        };
        foreach (var walk in walks.Take(2)) draft.Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), $"delivered to {device.Name}", "packet walk");
        foreach (var peer in silent) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        var commands = new FilterCommands(device);
        draft.Mend(commands.Delete(nat.Rule!), commands.Line($"conntrack -D -p udp --orig-port-dst {device.Fact.ListenPort}", null, "forgets the flows that were translated; they are made anew with the next packet"));
        return draft.Build();
    }
}
