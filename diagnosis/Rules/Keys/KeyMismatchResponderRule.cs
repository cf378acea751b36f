// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Peers;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>
/// Signal: one node holds a key for another that nobody observed has and under which no handshake was ever made, and that other knows it and has never had one with
/// it either: the key was wrong from the start.
/// Threshold: none; where captures tell of initiations with a mac1 for another key, that proves it.
/// Traps: a key that was right once is drift (<see cref="KeyDriftRule"/>); when all nodes hold the same wrong key, what was published is wrong, which is drift as
/// well; an entry without AllowedIPs is a leftover.
/// </summary>
internal sealed class KeyMismatchResponderRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-KEY-MISMATCH-RESPONDER", Layer.Handshake, Severity.Critical, "A peer entry has a wrong public key")
    {
        Precedence = Rules.Precedence.Peers + 2,
        StopsHandshake = true,
        Explanation = "An initiation carries a check value made with the receiver's public key. A receiver whose key is another one drops it as garbage, counts nothing and answers nothing.",
        FalsifiedBy = "The peer entry's key equals the other device's `public key`, or a handshake under it completes.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Grouping
        .ByCulprit(PeerDrift.Find(mesh).Where(pair => pair.Data.Stale is not null))
        .Where(group => !group.ByAll)
        .Select(group => new PairGroup<AbsentPeer>(group.Culprit, false, [.. group.Pairs.Where(KeyHistory.WasNeverRight)]))
        .Where(group => group.Pairs.Count > 0)
        .Select(Build);

    private RuleFinding Build(PairGroup<AbsentPeer> group)
    {
        var proven = group.Pairs.Any(pair => pair.Data.Asked is { } asked && Outer.Capture(asked) is { ForeignMac1: > 0 });
        var draft = new FindingDraft(Descriptor, group.Culprit)
        {
            Message = $"Device {group.Culprit.Name} on {group.Culprit.Node.Name} has a wrong public key for {DisplayText.Join(group.Pairs.Select(pair => pair.About.Node.Name))}; no handshake was ever made under it.",
            Confidence = proven ? 0.98 : 0.92,
            Entry = group.Pairs[0].Data.Stale,
        };
        foreach (var pair in group.Pairs)
        {
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} peers", $"{pair.Data.Stale!.Key}; {pair.Data.Evidence}", pair.About.Key);
            draft.Evidence(pair.About, $"wg show {pair.About.Name} public-key", pair.About.Key!, null);
            draft.Mend(PeerRepair.Commands(pair));
            draft.Affects(pair.Data.Stale, TunnelState.NoHandshake).Affects(pair.Data.Asked, TunnelState.NoHandshake);
        }

        return draft.Build();
    }
}
