// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>
/// Signal: a peer's endpoint has an address of the very namespace in which the peer's device listens, but another port.
/// Threshold: the session is not fresh, or what was sent during the observation did not arrive.
/// Traps: a pair that nobody uses is only noted unless other peers use the real port; behind NAT or a node port the ports may differ (the address then is not the device's own namespace's, or the session is fresh); a device
/// without a socket (port 0) says nothing; when all peers have the same other port, the device's listen port changed.
/// </summary>
internal sealed class EndpointWrongPortRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-WRONG-PORT", Layer.Handshake, Severity.Critical, "The endpoint has a wrong port")
    {
        Precedence = Rules.Precedence.Peers + 5,
        StopsHandshake = true,
        Explanation = "Packets to a port on which nobody listens are answered with an ICMP error that WireGuard ignores. The first packet of the other side would "
            + "repair the endpoint, but it may have no reason to send one.",
        FalsifiedBy = "`ss -ulnp` on the peer's node shows the device's socket on the endpoint's port, or a port redirection leads there.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Grouping
        .ByCulprit(mesh.Peers.Where(peer => IsWrong(mesh, peer)).Select(peer => new Pair<PeerView>(peer.Device, peer.Remote!, peer)))
        .SelectMany(Split)
        .Select(group => Build(mesh, group));

    private static bool IsWrong(MeshModel mesh, PeerView peer) =>
        peer is { Remote: { Fact.ListenPort: not 0 } remote, Endpoint: { } endpoint }
        && endpoint.Port != remote.Fact.ListenPort
        && mesh.Addresses.OwnerOf(endpoint.Address) == remote.Namespace
        // A device that is down has closed its socket; its port says nothing.
        && remote.Link is not { Up: false }
        && IsDead(mesh, peer);

    private static bool IsDead(MeshModel mesh, PeerView peer)
    {
        if (peer.Fact.Received.Grew) return false;
        return Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old
            || (peer.Fact.Sent.Grew && peer.Reverse is { Fact.Received.Growth: 0 });
    }

    // One wrong listen port only when all peers agree on what it was.
    private static IEnumerable<PairGroup<PeerView>> Split(PairGroup<PeerView> group) =>
        !group.ByAll || group.Pairs.Select(pair => pair.Data.Endpoint!.Value.Port).Distinct().Count() == 1
            ? [group]
            : group.Pairs.GroupBy(pair => pair.Holder).Select(own => new PairGroup<PeerView>(own.Key, false, [.. own]));

    // Nobody tried, and a redirection on the far node could make the odd port right: only worth a note, unless other peers use the real port.
    private static bool IsSure(PeerView peer) =>
        peer.Fact.Sent.Grew
        || Session.Tries(peer)
        || peer.Remote!.HeldBy.Any(other => other.Endpoint is { } endpoint && endpoint.Port == peer.Remote.Fact.ListenPort);

    private RuleFinding Build(MeshModel mesh, PairGroup<PeerView> group)
    {
        var device = group.Culprit;
        var first = group.Pairs[0];
        var wrong = first.Data.Endpoint!.Value.Port;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = group.ByAll
                ? $"Device {device.Name} on {device.Node.Name} listens on UDP port {device.Fact.ListenPort}, but all {group.Pairs.Count} peers send to port {wrong}: its listen port changed."
                : $"Device {device.Name} on {device.Node.Name} sends to a wrong port of {DisplayText.Join(group.Pairs.Select(pair => $"{pair.About.Node.Name} ({pair.Data.Endpoint!.Value.Port} instead of {pair.About.Fact.ListenPort})"))}.",
            Confidence = group.Pairs.Any(pair => Session.Tries(pair.Data)) ? 0.96 : 0.85,
            Severity = group.Pairs.Any(pair => IsSure(pair.Data)) ? Descriptor.Severity : Severity.Info,
            Entry = group.ByAll || group.Pairs.Count > 1 ? null : first.Data,
            Family = group.Pairs.Select(pair => pair.Data.Endpoint!.Value.Address.Family).Distinct().Count() == 1 ? first.Data.Endpoint.Value.Address.Family : null,
        };
        foreach (var pair in group.Pairs)
        {
            var right = new IpEndpoint(pair.Data.Endpoint!.Value.Address, pair.About.Fact.ListenPort);
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} endpoints", $"{pair.About.Node.Name} at {pair.Data.Endpoint}", right.ToString());
            if (!group.ByAll) draft.Mend(new NodeCommands(pair.Holder).PeerEndpoint(pair.Data.Key, right, pair.Data.Endpoint));
            draft.Affects(pair.Data, Session.State(pair.Data, mesh.Thresholds) == SessionState.Fresh ? TunnelState.OneWay : TunnelState.NoHandshake);
        }

        draft.Evidence(first.About, $"wg show {first.About.Name} listen-port", $"{first.About.Fact.ListenPort}", group.ByAll ? $"{wrong}" : null);
        if (group.ByAll) draft.Mend(new NodeCommands(device).ListenPort(wrong, device.Fact.ListenPort));
        return draft.Build();
    }
}
