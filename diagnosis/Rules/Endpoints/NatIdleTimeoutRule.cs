// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a peer sends to a translated address of a node that has no keepalive for it and sends nothing itself, they once had a handshake, and nothing arrives.
/// Threshold: the pair fails in this direction while the node behind the translation is silent; where nobody tries, it is only noted.
/// Traps: a node that only ever calls needs no keepalive; on the public side a keepalive does not help, and off is right; when the node behind sends as well and
/// nothing arrives, the mapping is not to blame.
/// </summary>
internal sealed class NatIdleTimeoutRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-NAT-IDLE-TIMEOUT", Layer.Nat, Severity.Error, "The address translation forgot an idle tunnel")
    {
        Precedence = Rules.Precedence.Peers + 9,
        StopsHandshake = true,
        Explanation = "A translator keeps a UDP mapping for 30 to 180 s after the last packet. After that nothing gets in from outside, until the node behind it sends again; a persistent "
            + "keepalive on that node keeps the mapping alive.",
        FalsifiedBy = "The peer's packets still reach the node after the same time of silence, or the node's entry has a keepalive shorter than the translator's limit.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Peers
        .Where(peer => IsForgotten(mesh, peer))
        .GroupBy(peer => peer.Remote!)
        .Select(group => Build(group.Key, [.. group]));

    private static bool IsForgotten(MeshModel mesh, PeerView peer) =>
        peer is { Endpoint: { } endpoint, Remote: { } remote, Reverse: { IsCounted: false } back }
        && back.Fact is { PersistentKeepalive: 0, Sent.Growth: 0, Received.Growth: 0 }
        && Session.State(peer, mesh.Thresholds) != SessionState.Never
        && back.Endpoint is { } outside && Outer.Has(peer.Device.Node, outside.Address)
        && IsTranslated(remote, endpoint)
        && Outer.Fails(mesh, peer);

    // Another address than its own; another port alone may be a wrong one.
    private static bool IsTranslated(DeviceView remote, IpEndpoint endpoint) =>
        !endpoint.Address.IsLoopback && Safe.WasRead(remote.Namespace.Facts.Addresses) && !Outer.Has(remote.Node, endpoint.Address) && !Outer.IsOnSegment(remote, endpoint.Address);

    private RuleFinding Build(DeviceView device, List<PeerView> peers)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} is behind address translation and has no keepalive for {DisplayText.Join(peers.Select(peer => peer.Device.Node.Name), 3)}: after a silence nothing gets in to it.",
            Confidence = 0.85,
            Family = peers[0].Endpoint!.Value.Address.Family,
            Entry = peers.Count == 1 ? peers[0].Reverse : null,
        };
        foreach (var peer in peers)
        {
            draft.Evidence(peer.Device, $"wg show {peer.Device.Name}", $"{device.Node.Name} at {peer.Endpoint}, sent {peer.Fact.Sent.Growth ?? 0} bytes, received 0", null);
            draft.Evidence(device, $"wg show {device.Name} persistent-keepalive", $"{peer.Device.Node.Name}: off, received 0 bytes and sent none", "25");
            draft.Affects(peer, TunnelState.NoHandshake);
            draft.Mend(new NodeCommands(device).Keepalive(peer.Reverse!.Key, 25, 0));
        }

        return draft.Build();
    }
}
