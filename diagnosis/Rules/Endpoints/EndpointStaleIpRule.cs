// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a peer's endpoint is an address that the peer's node does not have, nothing comes back from it, and it can be no translated address: it lies on a segment of
/// the peer's node, another observed node has it, another holder reaches the peer at an address of its own, or both are public.
/// Threshold: the pair is dead although this side tries, or what was sent on a living session did not arrive.
/// Traps: a roamed endpoint with a living session is right whatever was published; address translation in front of the peer makes its public address another one.
/// </summary>
internal sealed class EndpointStaleIpRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-STALE-IP", Layer.Handshake, Severity.Critical, "The endpoint is an address that the peer no longer has")
    {
        Precedence = Rules.Precedence.Peers + 8,
        ExplainedBy = ["WG-CNI-ENDPOINT-DRIFT", "WG-CNI-AGENT-DOWN"],
        StopsHandshake = true,
        Explanation = "The node got a new address, and its peer still sends to the old one, where nobody or somebody else is. The first packet of the node itself would repair it; without a "
            + "keepalive it may have no reason to send one.",
        FalsifiedBy = "`ip addr` on the peer's node lists the endpoint's address, or something in front of the node translates it.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Grouping
        .ByCulprit(mesh.Peers.Where(peer => IsStale(mesh, peer)).Select(peer => new Pair<PeerView>(peer.Device, peer.Remote!, peer)))
        .Select(group => Build(mesh, group));

    /// <summary>Where the holder could reach the device now; null when that cannot be told.</summary>
    public static IpEndpoint? Present(DeviceView holder, DeviceView device, IpFamily family)
    {
        if (device.Fact.ListenPort == 0) return null;
        var own = Outer.Addresses(device, family).Select(address => address.Address).ToList();
        // Several: the one that the device itself would send from.
        var source = holder.Key is { } key && device.PeerByKey(key)?.Endpoint is { } back && device.Namespace.Lookups.ForEndpoint(device, back.Address) is { Source: { } from } && from.Family == family && own.Contains(from)
            ? from
            : own.Count == 1 ? own[0] : (IpAddr?)null;
        return source is { } address ? new IpEndpoint(address, device.Fact.ListenPort) : null;
    }

    private static bool IsStale(MeshModel mesh, PeerView peer) =>
        peer is { Endpoint: { } endpoint, Remote: { } remote }
        && !endpoint.Address.IsLoopback
        && remote.Fact.SocketNamespace is null
        && Safe.WasRead(remote.Namespace.Facts.Addresses)
        && !Outer.Has(remote.Node, endpoint.Address)
        && Outer.SeenThroughNat(mesh, remote, peer)?.Endpoint?.Address != endpoint.Address
        && Reason(mesh, peer) is not null
        && !EndpointPrivateAddrRule.IsOutOfReach(mesh, peer)
        && !Outer.IsTranslatedHere(peer)
        && Outer.Fails(mesh, peer);

    // Why it can be no translation.
    private static (string Text, double Confidence)? Reason(MeshModel mesh, PeerView peer)
    {
        var (address, remote) = (peer.Endpoint!.Value.Address, peer.Remote!);
        if (Outer.IsOnSegment(remote, address)) return ($"it lies on a segment of {remote.Node.Name}, which does not have it", 0.95);
        if (mesh.Addresses.OwnerOf(address) is { } owner && owner.Node != remote.Node && owner.Devices.TrueForAll(device => device.Fact.ListenPort != peer.Endpoint.Value.Port || device.MeshId == remote.MeshId))
            return ($"{owner.Node.Name} has it now", 0.85);
        // A translator mostly gives another port; with the device's own port it was the device itself.
        if (peer.Endpoint.Value.Port != remote.Fact.ListenPort) return null;
        if (remote.HeldBy.Exists(other => other != peer && !other.IsCounted && other.Endpoint is { } works && Session.State(other, mesh.Thresholds) == SessionState.Fresh && Outer.Has(remote.Node, works.Address)))
            return ($"other nodes reach {remote.Node.Name} at its own address", 0.85);
        var own = Outer.Addresses(remote, address.Family).ToList();
        return own.Count > 0 && own.TrueForAll(one => !Outer.IsPrivate(one.Address)) && !Outer.IsPrivate(address)
            ? ($"{remote.Node.Name} has public addresses, and this is none of them", 0.75)
            : null;
    }

    private RuleFinding Build(MeshModel mesh, PairGroup<PeerView> group)
    {
        var first = group.Pairs[0].Data;
        var reasons = group.Pairs.ToDictionary(pair => pair.Data, pair => Reason(mesh, pair.Data)!.Value);
        var draft = new FindingDraft(Descriptor, group.Culprit)
        {
            Message = group.ByAll
                ? $"All {group.Pairs.Count} peers of {group.Culprit.Node.Name} send to {DisplayText.Join(group.Pairs.Select(pair => pair.Data.Endpoint!.Value.Address).Distinct(), 2)}, which it does not have: its address changed."
                : $"{group.Culprit.Node.Name} sends to an address that {DisplayText.Join(group.Pairs.Select(pair => $"{pair.About.Node.Name} ({pair.Data.Endpoint!.Value.Address})"), 3)} does not have.",
            Confidence = reasons.Values.Max(reason => reason.Confidence),
            Entry = group.ByAll || group.Pairs.Count > 1 ? null : first,
            Family = first.Endpoint!.Value.Address.Family,
        };
        foreach (var pair in group.Pairs)
        {
            var present = Present(pair.Holder, pair.About, pair.Data.Endpoint!.Value.Address.Family);
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} endpoints", $"{pair.About.Node.Name} at {pair.Data.Endpoint}; {reasons[pair.Data].Text}", present?.ToString());
            draft.Evidence(pair.About, "ip addr", DisplayText.Join(Outer.Addresses(pair.About, pair.Data.Endpoint.Value.Address.Family).Select(own => own.Address), 3), null, "rtnetlink");
            draft.Affects(pair.Data, Session.State(pair.Data, mesh.Thresholds) == SessionState.Fresh ? TunnelState.OneWay : TunnelState.NoHandshake);
            if (present is { } endpoint) draft.Mend(new NodeCommands(pair.Holder).PeerEndpoint(pair.Data.Key, endpoint, pair.Data.Endpoint));
        }

        return draft.Build();
    }
}
