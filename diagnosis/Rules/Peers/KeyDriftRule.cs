// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Keys;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>
/// Signal: a device has a peer entry that is meant for an observed device (its endpoint is that device's socket, or its AllowedIPs are that
/// device's), under a key that no observed device has, and none under the device's present key.
/// Threshold: none, keys are compared as 32 bytes.
/// Traps: an old entry beside a right one is a leftover; a peer behind the same address but another port is someone else; traffic that arrives
/// under the old key speaks against it; a key under which neither end ever had a handshake was never right (KEY-MISMATCH-RESPONDER); when all nodes hold an old key, the node that changed is the one cause, not all the others.
/// </summary>
internal sealed class KeyDriftRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-KEY-DRIFT", Layer.Handshake, Severity.Critical, "Peers hold an old public key")
    {
        Precedence = Rules.Precedence.Peers + 2,
        StopsHandshake = true,
        ExplainedBy = ["WG-KEY-DUPLICATE", "WG-KEY-EPHEMERAL", "WG-CNI-KEY-CONFLICT", "WG-CNI-ANNOTATION-DRIFT", "WG-CNI-AGENT-DOWN", "WG-WGQUICK-CONFIG-DRIFT"],
        Explanation = "A handshake is made for one public key. A device whose key changed drops handshakes made for the old one, and its own are dropped by peers "
            + "that do not know the new one; neither side is told.",
        FalsifiedBy = "The peer entry's key equals the device's `public key`, or a handshake under it completes.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        Grouping.ByCulprit(PeerDrift.Find(mesh).Where(pair => pair.Data.Stale is not null))
            .Select(group => group.ByAll ? group : new PairGroup<AbsentPeer>(group.Culprit, false, [.. group.Pairs.Where(pair => !KeyHistory.WasNeverRight(pair))]))
            .Where(group => group.Pairs.Count > 0)
            .Select(Build);

    private RuleFinding Build(PairGroup<AbsentPeer> group)
    {
        var device = group.Culprit;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = group.ByAll
                ? $"The public key of {device.Name} on {device.Node.Name} changed; all {group.Pairs.Count} peers still hold an old one. Whatever publishes it did not tell them."
                : $"Device {device.Name} on {device.Node.Name} holds an old public key for {DisplayText.Join(group.Pairs.Select(pair => pair.About.Node.Name))}.",
            Confidence = group.Pairs.All(pair => pair.Data.Asked is not null) ? 0.97 : 0.9,
            Entry = group.ByAll ? null : group.Pairs[0].Data.Stale,
        };
        foreach (var pair in group.Pairs)
        {
            var stale = pair.Data.Stale!;
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} peers", $"{stale.Key}; {pair.Data.Evidence}", pair.About.Key);
            draft.Mend(PeerRepair.Commands(pair));
            draft.Affects(stale, TunnelState.NoHandshake).Affects(pair.Data.Asked, TunnelState.NoHandshake);
        }

        draft.Evidence(group.Pairs[0].About, $"wg show {group.Pairs[0].About.Name} public-key", group.Pairs[0].About.Key!, null);
        return draft.Build();
    }
}
