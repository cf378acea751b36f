// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a node is behind address translation (others see it at an address that it does not have, or it has private addresses only and the endpoint is public), a peer
/// sends to the public address, and nothing is accepted.
/// Threshold: the pair never had a handshake, and the node behind the translation got nothing from that peer.
/// Traps: a mapping that existed and went is an idle timeout; two nodes behind one translation need hairpinning when they use the public address; where the
/// node's own packets reach the peer, the pair heals by itself.
/// </summary>
internal sealed class EndpointUnreachableNatRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-UNREACHABLE-NAT", Layer.Nat, Severity.Critical, "The endpoint is behind address translation that lets nothing in")
    {
        Precedence = Rules.Precedence.Peers + 9,
        StopsHandshake = true,
        Explanation = "The endpoint is the translator's address. Without a port forwarding it drops what comes in from outside, unless the node behind it sent to that very peer first.",
        FalsifiedBy = "The translator forwards the UDP port to the node, or a capture on the node shows the initiations.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Grouping
        .ByCulprit(mesh.Peers.Where(peer => IsUnreachable(mesh, peer)).Select(peer => new Pair<PeerView>(peer.Device, peer.Remote!, peer)))
        .GroupBy(group => group.Pairs[0].About)
        .Select(groups => Build(mesh, groups.Key, [.. groups.SelectMany(group => group.Pairs).Where(pair => pair.About == groups.Key).Select(pair => pair.Data)]));

    private static bool IsUnreachable(MeshModel mesh, PeerView peer) =>
        peer is { Endpoint: { } endpoint, Remote: { } remote, Reverse: { Fact.Received.Grew: false } }
        && peer.Fact.Received is { Value: 0 }
        && !endpoint.Address.IsLoopback
        && Session.State(peer, mesh.Thresholds) == SessionState.Never
        && Session.Tries(peer)
        && !Outer.Has(remote.Node, endpoint.Address)
        && mesh.Addresses.OwnerOf(endpoint.Address) is null
        && !EndpointPrivateAddrRule.IsOutOfReach(mesh, peer)
        && !Outer.IsTranslatedHere(peer)
        && Proof(mesh, peer) is not null;

    private static string? Proof(MeshModel mesh, PeerView peer)
    {
        var (address, remote) = (peer.Endpoint!.Value.Address, peer.Remote!);
        if (Outer.SeenThroughNat(mesh, remote, peer) is { Endpoint: { } seen, Fact.Received.Grew: true } other && seen.Address == address) return $"{other.Device.Node.Name} sees {remote.Node.Name} at {seen}";
        var own = Outer.Addresses(remote, address.Family).ToList();
        return own.Count > 0 && own.TrueForAll(one => Outer.IsPrivate(one.Address)) && !Outer.IsPrivate(address)
            ? $"{remote.Node.Name} has private addresses only ({DisplayText.Join(own.Select(one => one.Address), 2)})"
            : null;
    }

    private RuleFinding Build(MeshModel mesh, DeviceView device, List<PeerView> peers)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} is behind address translation that lets nothing in: {DisplayText.Join(peers.Select(peer => peer.Device.Node.Name), 3)} sent to {peers[0].Endpoint} and nothing arrived.",
            Confidence = peers.Exists(peer => Outer.SeenThroughNat(mesh, device, peer) is not null) ? 0.88 : 0.75,
            Family = peers[0].Endpoint!.Value.Address.Family,
        };
        foreach (var peer in peers)
        {
            draft.Evidence(peer.Device, $"wg show {peer.Device.Name} endpoints", $"{device.Node.Name} at {peer.Endpoint}; {Proof(mesh, peer)}", null);
            draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse is { } back && Session.State(back, mesh.Thresholds) == SessionState.Never ? back : null, TunnelState.NoHandshake);
        }

        draft.Evidence(device, "ip addr", DisplayText.Join(Outer.Addresses(device, peers[0].Endpoint!.Value.Address.Family).Select(own => own.Address), 3), null, "rtnetlink");
        return draft.Build();
    }
}
