// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: during the observation a peer's endpoint moved from one translated address or port to another, while its node has the same address as before.
/// Threshold: one change within an observation of seconds is far more than the tunnel's own rekeying causes.
/// Traps: roaming between uplinks moves to an address that the node has; two devices under one key move between two nodes' addresses, which is another finding.
/// </summary>
internal sealed class EndpointNatRebindRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-NAT-REBIND", Layer.Nat, Severity.Warning, "The address translation changes its mapping")
    {
        Precedence = Rules.Precedence.Peers + 9,
        Reach = Reach.Tunnels,
        Explanation = "Each time the translator gives the node another port, its peers go on sending to the old one until the node's next packet: what they begin in between is lost.",
        FalsifiedBy = "`wg show <device> endpoints`, read every few seconds, shows the same address and port.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Peers
        .Where(IsMoved)
        .GroupBy(peer => peer.Remote!)
        .Select(group => Build(group.Key, [.. group]));

    private static bool IsMoved(PeerView peer) =>
        peer is { Endpoint: { } now, Remote: { Fact.ListenPort: not 0 } remote, Fact.PreviousEndpoint: { } before }
        && now != before
        && Safe.WasRead(remote.Namespace.Facts.Addresses)
        && IsTranslated(remote, now) && IsTranslated(remote, before)
        && !now.Address.IsLoopback && now.Address.Family == before.Address.Family;

    private static bool IsTranslated(DeviceView remote, IpEndpoint endpoint) => !Outer.Has(remote.Node, endpoint.Address) || endpoint.Port != remote.Fact.ListenPort;

    private RuleFinding Build(DeviceView device, List<PeerView> peers)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The address translation of {device.Node.Name} changes: {peers[0].Device.Node.Name} saw it move from {peers[0].Fact.PreviousEndpoint} to {peers[0].Endpoint} within {peers[0].Device.Node.Observed:0} s.",
            Confidence = 0.8,
            Family = peers[0].Endpoint!.Value.Address.Family,
        };
        foreach (var peer in peers)
        {
            draft.Evidence(peer.Device, $"wg show {peer.Device.Name} endpoints", $"{device.Node.Name}: {peer.Fact.PreviousEndpoint}, then {peer.Endpoint}", "one and the same");
            draft.Affects(peer, TunnelState.Degraded);
            if (peer.Reverse is { IsCounted: false, Fact.PersistentKeepalive: 0 } back) draft.Mend(new NodeCommands(device).Keepalive(back.Key, 25, 0));
        }

        return draft.Build();
    }
}
