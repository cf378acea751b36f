// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Nat;

/// <summary>
/// Signal: a rule of the node gives WireGuard's own packets another source address or a random port, and the other end has that for this node's
/// endpoint. Threshold: none. Traps: masquerading that keeps address and port changes nothing; a NAT between sites is somewhere else and not seen by
/// these walks. Where nobody observed the other end it is a note.
/// </summary>
internal sealed class EndpointSnatPoisonRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-SNAT-POISON", Layer.Nat, Severity.Error, "WireGuard's own packets leave with another source")
    {
        Precedence = Rules.Precedence.OuterPath + 1,
        Explanation = "The other end takes the source of what it receives for this node's endpoint. With a translated source it answers to an address or port that exists only as long as connection "
            + "tracking remembers the flow; afterwards it cannot reach this node of its own accord.",
        FalsifiedBy = "The endpoint at the other end is this node's own address and port.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        from walk in Blockades.WalksOf(device)
        where walk is { Purpose: WalkPurpose.OuterOut, Nat: { Kind: "snat" or "masquerade" or "netmap", Rule: not null } nat, Packet: not null }
            && (nat.Source is not null || nat.SourcePort is not null || nat.RandomPort)
        select Build(device, walk);

    private RuleFinding Build(DeviceView device, WalkFact walk)
    {
        var (nat, rule) = (walk.Nat!, walk.Nat!.Rule!);
        var keys = Safe.List(walk.Peers).ToHashSet(StringComparer.Ordinal);
        var seen = device.Peers.Where(peer => walk.Count > keys.Count || keys.Contains(peer.Key))
            .Select(peer => (Peer: peer, Endpoint: peer.Reverse?.Endpoint)).Where(end => end.Endpoint is { } endpoint && IsTranslated(endpoint, walk, device)).ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} gives WireGuard's own packets another source ({DisplayText.Detail(nat.To)}): {FilterText.Place(rule)} says \"{FilterText.Said(rule)}\"{FilterText.Owner(rule)}.",
            Confidence = seen.Count > 0 ? 0.9 : 0.5,
            Severity = seen.Count > 0 ? Descriptor.Severity : Severity.Info,
            Family = walk.Family,
        };
        draft.Evidence(device, FilterText.Packet(walk), FilterText.Result(walk), "source unchanged", "packet walk");
        foreach (var (peer, endpoint) in seen.Take(4))
        {
            draft.Evidence(peer.Remote!, $"wg show {peer.Remote!.Name} endpoints", $"{endpoint} for {device.Node.Name}", new IpEndpoint(walk.Packet!.Source, device.Fact.ListenPort).ToString());
            draft.Affects(peer.Reverse, TunnelState.Degraded);
        }

        draft.Mend(new FilterCommands(device).Delete(rule));
        return draft.Build();
    }

    private static bool IsTranslated(IpEndpoint endpoint, WalkFact walk, DeviceView device) =>
        (walk.Nat!.Source is { } source && endpoint.Address == source)
        || (endpoint.Address == walk.Packet!.Source && endpoint.Port != device.Fact.ListenPort && (walk.Nat.RandomPort || walk.Nat.SourcePort is not null));
}
