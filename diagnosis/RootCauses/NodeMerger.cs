// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// The same fault on many nodes is one cause: a template that was wrong, a setting that was rolled out. Whoever mends it looks for what the nodes
/// have in common, not at one node after the other.
/// </summary>
internal static class NodeMerger
{
    /// <summary>Joins roots that differ by their node alone.</summary>
    /// <param name="drafts">All roots.</param>
    /// <param name="nodes">How many nodes were looked at.</param>
    public static IEnumerable<CauseDraft> Merge(IEnumerable<CauseDraft> drafts, int nodes)
    {
        foreach (var group in Groups(drafts, draft => draft.Root))
        {
            if (group is [var single])
            {
                MergeConsequences(single, nodes);
                yield return single;
                continue;
            }

            var joined = new CauseDraft(Join([.. group.Select(draft => draft.Root)], nodes)) { Nodes = [.. group.SelectMany(draft => draft.Nodes)] };
            joined.Consequences.AddRange(group.SelectMany(draft => draft.Consequences));
            joined.Shared.AddRange(group.SelectMany(draft => draft.Shared));
            MergeConsequences(joined, nodes);
            yield return joined;
        }
    }

    private static void MergeConsequences(CauseDraft draft, int nodes)
    {
        if (draft.Consequences.Count < 2) return;
        var merged = Groups(draft.Consequences, finding => finding).Select(group => group is [var single] ? single : Join(group, nodes)).ToList();
        draft.Consequences.Clear();
        draft.Consequences.AddRange(merged);
    }

    /// <summary>Groups of one signature, by node. Where one node has a signature twice, it does not say enough: those stay apart.</summary>
    private static IEnumerable<List<T>> Groups<T>(IEnumerable<T> items, Func<T, RuleFinding> findingOf)
    {
        foreach (var alike in items.GroupBy(item => FaultSignature.Of(findingOf(item).Finding), StringComparer.Ordinal))
        {
            var byNode = alike.GroupBy(item => findingOf(item).Finding.Subject.Node, StringComparer.Ordinal).OrderBy(node => node.Key, StringComparer.Ordinal).ToList();
            var once = byNode.Where(node => node.Count() == 1).SelectMany(node => node).ToList();
            if (once.Count > 0) yield return once;
            foreach (var item in byNode.Where(node => node.Count() > 1).SelectMany(node => node)) yield return [item];
        }
    }

    private static RuleFinding Join(List<RuleFinding> all, int nodes)
    {
        var first = all[0];
        var names = all.Select(item => item.Finding.Subject.Node).ToList();
        return first with
        {
            Finding = first.Finding with
            {
                // No surer than the least sure of them.
                Confidence = all.Min(item => item.Finding.Confidence),
                Message = $"{first.Finding.Message} The same on {names.Count} of {nodes} nodes: {DisplayText.Join(names, MergeLimits.NamedNodes)}.",
                Subject = first.Finding.Subject with
                {
                    PeerNode = all.TrueForAll(item => item.Finding.Subject.PeerNode == first.Finding.Subject.PeerNode) ? first.Finding.Subject.PeerNode : null,
                    Prefixes = [.. all.SelectMany(item => item.Finding.Subject.Prefixes).Distinct().Take(MergeLimits.Prefixes)],
                },
                Evidence = EvidenceOf(all),
                Remediation = RemediationOf(all),
                AffectedTunnels = TunnelOrder.Sort(all.SelectMany(item => item.Finding.AffectedTunnels)),
            },
            Effects = [.. all.SelectMany(item => item.Effects)],
            Unlisted = [.. all.SelectMany(item => item.Unlisted)],
        };
    }

    // One node's whole, then the first and deciding item of each other node, as far as there is room.
    private static List<Evidence> EvidenceOf(List<RuleFinding> all) =>
        [.. all[0].Finding.Evidence.Concat(all.Skip(1).SelectMany(item => item.Finding.Evidence.Take(1))).Distinct().Take(MergeLimits.Evidence)];

    // Whole nodes only: half of a node's commands mends nothing.
    private static List<Remediation> RemediationOf(List<RuleFinding> all)
    {
        var each = all[0].Finding.Remediation.Count;
        var shown = each == 0 ? 0 : Math.Min(all.Count, Math.Max(1, MergeLimits.Remediation / each));
        var steps = all.Take(shown).SelectMany(item => item.Finding.Remediation).ToList();
        if (shown == 0 || shown == all.Count) return steps;
        var pattern = $"; the same on the other {all.Count - shown} nodes that have the fault";
        return [.. steps.Select((step, i) => i < steps.Count - each ? step : step with { Scope = step.Scope + pattern })];
    }
}
