// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>
/// Signal: A has B's device as a peer with AllowedIPs, and B's device has no entry with A's key nor one that is meant for A.
/// Or two devices of a full mesh know nothing of each other (<see cref="FullMesh"/>).
/// Threshold: none, both lists are facts; silent when B's list may be cut or A hears from B now.
/// Traps: entries without AllowedIPs are leftovers; standby devices are nobody's peer; keys of devices nobody observed are not judged.
/// </summary>
internal sealed class PeerMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-PEER-MISSING", Layer.Handshake, Severity.Critical, "A peer entry is missing")
    {
        Precedence = Rules.Precedence.Peers + 3,
        StopsHandshake = true,
        ExplainedBy = ["WG-KEY-DUPLICATE", "WG-CNI-KEY-CONFLICT", "WG-CNI-ANNOTATION-DRIFT", "WG-CNI-MISSING-PEER", "WG-CNI-AGENT-DOWN", "WG-WGQUICK-CONFIG-DRIFT", "WG-KEY-SELF-PEER"],
        Explanation = "WireGuard answers only those whose public key it has as a peer. Handshakes from anyone else are dropped without a sign.",
        FalsifiedBy = "`wg show <device> peers` on the subject lists the key.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        Grouping.ByCulprit(PeerDrift.Find(mesh).Where(pair => pair.Data is { Stale: null, Asked: not null })).Select(Build)
            .Concat(Mutual(mesh).Select(pair => Build(pair.One, pair.Other)));

    // An old key at one of them explains why the other is not there.
    private static IEnumerable<(DeviceView One, DeviceView Other)> Mutual(MeshModel mesh)
    {
        var drifted = PeerDrift.Find(mesh).Select(pair => (pair.Holder, pair.About)).ToHashSet();
        return FullMesh.Gaps(mesh).Where(pair => !drifted.Contains((pair.One, pair.Other)) && !drifted.Contains((pair.Other, pair.One)));
    }

    private RuleFinding Build(DeviceView one, DeviceView other)
    {
        var draft = new FindingDraft(Descriptor, one)
        {
            Message = $"{one.Node.Name} and {other.Node.Name} have no peer entry for each other, while all others of this full mesh have one for everybody.",
            Confidence = 0.75,
            Severity = Severity.Error,
        };
        foreach (var (holder, absent) in new[] { (one, other), (other, one) })
        {
            draft.Evidence(holder, $"wg show {holder.Name} peers", $"{holder.PeerCount} peers, not {PublicKeys.Short(absent.Key!)}", $"key of {absent.Node.Name}");
            draft.Mend(PeerRepair.Commands(new Pair<AbsentPeer>(holder, absent, new AbsentPeer(null, null, ""))));
        }

        return draft.Build();
    }

    private RuleFinding Build(PairGroup<AbsentPeer> group)
    {
        var first = group.Pairs[0];
        var device = group.Culprit;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = group.ByAll
                ? $"None of the {group.Pairs.Count} nodes that {device.Node.Name} has as peers has {device.Node.Name} as a peer: its key never reached them."
                : $"Device {device.Name} on {device.Node.Name} has no peer entry for {DisplayText.Join(group.Pairs.Select(pair => pair.About.Node.Name))}, which {(group.Pairs.Count == 1 ? "has" : "have")} one for it.",
            Confidence = group.ByAll || group.Pairs.All(pair => pair.Data.Asked!.Fact.Received.Growth is 0) ? 0.97 : 0.9,
        };
        foreach (var pair in group.Pairs)
        {
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} peers", $"{pair.Holder.PeerCount} peers, not {PublicKeys.Short(pair.About.Key!)}", $"key of {pair.About.Node.Name}");
            draft.Mend(PeerRepair.Commands(pair));
            draft.Affects(pair.Data.Asked, TunnelState.NoHandshake);
        }

        draft.Evidence(first.About, $"wg show {first.About.Name}", $"public key {first.About.Key}, has {first.Holder.Node.Name} as a peer", null);
        return draft.Build();
    }
}
