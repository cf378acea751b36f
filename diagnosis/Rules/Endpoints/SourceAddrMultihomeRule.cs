// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a node with several addresses sends to a peer from another one than the peer has for it, and what it sends does not arrive.
/// Threshold: the pair fails in that direction; the source is what the kernel's route lookup for the endpoint answers.
/// Traps: without a filter or translation on the way the peer simply follows the new address: then its endpoint is the new one, and this is silent; a source that the
/// peer's other entries use as well is right.
/// </summary>
internal sealed class SourceAddrMultihomeRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-SOURCE-ADDR-MULTIHOME", Layer.Route, Severity.Error, "Packets leave with another address than the peers know")
    {
        Precedence = Rules.Precedence.Underlay + 9,
        StopsHandshake = true,
        Explanation = "Filters and translation on the way know the node by one address. A responder answers from the address that it was asked at, but an initiator takes what its routes give: "
            + "with several uplinks or addresses that can be another one.",
        FalsifiedBy = "`ip route get <endpoint of the peer>` shows the source address that the peer has as endpoint.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Peers
        .Select(peer => (peer, mismatch: Mismatch(mesh, peer)))
        .Where(item => item.mismatch is not null)
        .GroupBy(item => item.peer.Device)
        .Select(group => Build(group.Key, [.. group.Select(item => (item.peer, item.mismatch!.Value.Source, item.mismatch.Value.Known))]));

    private static (IpAddr Source, IpAddr Known)? Mismatch(MeshModel mesh, PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint || peer.Reverse is not { Endpoint: { } known } || known.Address.Family != endpoint.Address.Family) return null;
        if (Source(peer, endpoint.Address) is not { } source || source == known.Address) return null;
        if (!Outer.Has(peer.Device.Node, known.Address) || !Outer.Has(peer.Device.Node, source) || !Outer.IsRight(peer)) return null;
        return Outer.Fails(mesh, peer) ? (source, known.Address) : null;
    }

    private static IpAddr? Source(PeerView peer, IpAddr endpoint) => peer.Device.Namespace.Lookups.ForEndpoint(peer.Device, endpoint) is { Error: null, Link: { } link } lookup && !peer.Device.Namespace.IsWireGuard(link) ? lookup.Source : null;

    private RuleFinding Build(DeviceView device, List<(PeerView Peer, IpAddr Source, IpAddr Known)> wrong)
    {
        var (first, source, known) = wrong[0];
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} sends to {DisplayText.Join(wrong.Select(item => item.Peer.RemoteName), 3)} from {source}, but is known there as {known}; what it sends does not arrive.",
            Confidence = Outer.Capture(first.Reverse!) is { OtherSources.Count: > 0 } ? 0.92 : 0.75,
            Entry = wrong.Count == 1 ? first : null,
            Family = source.Family,
        };
        foreach (var (peer, from, at) in wrong)
        {
            draft.Evidence(device, $"ip route get {peer.Endpoint!.Value.Address}", $"src {from}", $"src {at}", "rtnetlink");
            draft.Evidence(peer.Remote!, $"wg show {peer.Remote!.Name} endpoints", $"{device.Node.Name} at {peer.Reverse!.Endpoint}", null);
            draft.Affects(peer, TunnelState.NoHandshake);
            draft.Mend(new NodeCommands(peer.Remote!).PeerEndpoint(peer.Reverse.Key, new IpEndpoint(from, peer.Reverse.Endpoint!.Value.Port), peer.Reverse.Endpoint));
        }

        return draft.Build();
    }
}
