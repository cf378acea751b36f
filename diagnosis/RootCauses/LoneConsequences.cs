// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// Rules that only ever see consequences never stand as a root beside anything else: theirs go under the first cause on the same tunnel, else on the same
/// device, else on the same node. Alone they are a note, for what they saw has a reason that nobody found. Symptoms of tunnels have an
/// arrangement of their own and keep their weight.
/// </summary>
internal static class LoneConsequences
{
    public static IReadOnlyList<CauseDraft> Attach(IReadOnlyCollection<CauseDraft> drafts)
    {
        var lone = drafts.Where(draft => draft.Root.Rule.ConsequenceOnly && draft.Root.Rule.Precedence < Precedence.Symptoms).ToList();
        if (lone.Count == 0) return [.. drafts];
        var kept = drafts.Except(lone).ToList();
        var places = new Dictionary<object, CauseDraft>();
        foreach (var draft in kept.Where(draft => Explains.IsReason(draft.Root)).OrderBy(draft => draft.Root, CauseRanking.Instance))
        {
            foreach (var place in Places(draft.Root)) places.TryAdd(place, draft);
        }

        foreach (var draft in lone.OrderBy(draft => draft.Root, CauseRanking.Instance))
        {
            if (Places(draft.Root).Select(places.GetValueOrDefault).FirstOrDefault(found => found is not null) is not { } owner)
            {
                kept.Add(AsNote(draft));
                continue;
            }

            owner.Consequences.Add(draft.Root);
            owner.Consequences.AddRange(draft.Consequences);
            owner.Shared.AddRange(draft.Shared);
        }

        return kept;
    }

    /// <summary>Where a finding holds, the closest first.</summary>
    private static IEnumerable<object> Places(RuleFinding finding) => finding.Effects
        .SelectMany(effect => new[] { effect.Tunnel, effect.Tunnel.Reverse }).OfType<PeerView>()
        .Concat<object>([finding.Device, finding.Device.Node]);

    private static CauseDraft AsNote(CauseDraft draft)
    {
        if (draft.Root.Finding.Severity == Severity.Info) return draft;
        var note = new CauseDraft(draft.Root with { Finding = draft.Root.Finding with { Severity = Severity.Info } });
        note.Consequences.AddRange(draft.Consequences);
        note.Shared.AddRange(draft.Shared);
        return note;
    }
}
