// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// Orders findings into causes with their consequences: what explains what, then the symptoms of each tunnel, then what is never a root beside anything else,
/// and at last equal faults of several nodes become one cause.
/// </summary>
internal sealed class RootCauseBuilder(MeshModel mesh, IReadOnlyList<ISymptomRule> symptomRules, UnlistedTally unlisted)
{
    private readonly Dictionary<RuleFinding, CauseDraft> _drafts = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<RootCause> Build(IEnumerable<RuleFinding> sharp)
    {
        var graph = new CauseGraph([.. sharp.Order(CauseRanking.Instance)]);
        foreach (var finding in graph.Ranked)
        {
            var root = graph.RootOf(finding);
            var draft = Draft(root);
            if (root == finding) continue;
            draft.Consequences.Add(finding);
            Mention(graph, graph.ReasonsOf(finding).Skip(1), finding, root);
        }

        AddSymptoms(graph);
        return
        [
            .. NodeMerger.Merge(LoneConsequences.Attach(_drafts.Values), mesh.Nodes.Count)
                .OrderBy(draft => draft.Root, CauseRanking.Instance)
                .Select(Cause),
        ];
    }

    // The deeper reason has the effect; the others only name it.
    private void Mention(CauseGraph graph, IEnumerable<RuleFinding> others, RuleFinding effect, RuleFinding shownUnder)
    {
        foreach (var other in others.Select(graph.RootOf).Where(other => other != shownUnder).Distinct<RuleFinding>(ReferenceEqualityComparer.Instance))
            Draft(other).Shared.Add(new SharedConsequence(effect.Finding.Code, effect.Finding.Subject.Node, shownUnder.Finding.Code, shownUnder.Finding.Subject.Node));
    }

    private void AddSymptoms(CauseGraph graph)
    {
        var takers = graph.Ranked.Where(cause => cause.StopsHandshake)
            .SelectMany(cause => cause.Effects.Select(effect => (effect.Tunnel, cause)))
            .ToLookup(item => item.Tunnel, item => item.cause);
        var open = new List<(ISymptomRule Rule, PeerView Tunnel)>();
        var explained = new List<(RuleFinding Root, RuleFinding[] Others, ISymptomRule Rule, PeerView Tunnel)>();
        foreach (var tunnel in mesh.Peers)
        {
            if (symptomRules.FirstOrDefault(rule => rule.Shows(mesh, tunnel)) is not { } rule) continue;
            var causes = graph.StoppersOf(tunnel, tunnel.Reverse is { } reverse ? takers[tunnel].Concat(takers[reverse]) : takers[tunnel]).ToList();
            if (causes.Count > 0) explained.Add((graph.RootOf(causes[0]), [.. causes.Skip(1)], rule, tunnel));
            else open.Add((rule, tunnel));
        }

        foreach (var group in explained.GroupBy(item => (item.Root, item.Rule), new BySymptom()))
        {
            var effect = group.Key.Rule.Compose(mesh, group.Key.Root.Device, [.. group.Select(item => item.Tunnel)]);
            Draft(group.Key.Root).Consequences.Add(effect);
            Mention(graph, group.SelectMany(item => item.Others), effect, group.Key.Root);
        }

        AddOpen(open);
    }

    private void AddOpen(List<(ISymptomRule Rule, PeerView Tunnel)> open)
    {
        var ruleOf = open.ToDictionary(item => item.Tunnel, item => item.Rule);
        foreach (var (culprit, tunnels) in SymptomGroups.Of([.. ruleOf.Keys]))
        {
            var parts = tunnels.GroupBy(tunnel => ruleOf[tunnel])
                .OrderByDescending(part => part.Count()).ThenBy(part => part.Key.Descriptor.Precedence)
                .Select(part => part.Key.Compose(mesh, culprit, [.. part]))
                .ToList();
            Draft(parts[0]).Consequences.AddRange(parts.Skip(1));
        }
    }

    private CauseDraft Draft(RuleFinding root)
    {
        if (!_drafts.TryGetValue(root, out var draft)) _drafts[root] = draft = new CauseDraft(root);
        return draft;
    }

    private RootCause Cause(CauseDraft draft)
    {
        var finding = draft.Root.Finding;
        var consequences = draft.InDepthOrder().ToList();
        var tunnels = TunnelOrder.Sort(finding.AffectedTunnels.Concat(consequences.SelectMany(item => item.AffectedTunnels)));
        return new RootCause(
            finding,
            consequences,
            tunnels,
            [.. tunnels.SelectMany(tunnel => new[] { tunnel.FromNode, tunnel.ToNode }).OfType<string>().Concat(draft.Nodes)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])
        {
            Nodes = draft.Nodes,
            AlsoExplains = [.. draft.Shared.Distinct().OrderBy(item => item.Code, StringComparer.Ordinal).ThenBy(item => item.Node, StringComparer.Ordinal).Take(MergeLimits.Shared)],
            UnlistedTunnels = unlisted.Reached(draft.Root),
        };
    }

    private sealed class BySymptom : IEqualityComparer<(RuleFinding Root, ISymptomRule Rule)>
    {
        public bool Equals((RuleFinding Root, ISymptomRule Rule) x, (RuleFinding Root, ISymptomRule Rule) y) => ReferenceEquals(x.Root, y.Root) && x.Rule == y.Rule;

        public int GetHashCode((RuleFinding Root, ISymptomRule Rule) obj) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Root);
    }
}
