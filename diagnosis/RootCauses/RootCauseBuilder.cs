// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>Orders findings into causes with their consequences.</summary>
internal sealed class RootCauseBuilder(MeshModel mesh, IReadOnlyList<ISymptomRule> symptomRules, UnlistedTally unlisted)
{
    private readonly Dictionary<RuleFinding, List<Finding>> _consequences = [];

    public IReadOnlyList<RootCause> Build(IEnumerable<RuleFinding> sharp)
    {
        var ranked = sharp.Order(CauseRanking.Instance).ToList();
        foreach (var finding in ranked)
        {
            if (ranked.Find(cause => cause != finding && Explains.Finding(cause, finding)) is { } cause)
                Consequences(cause).Add(finding.Finding);
            else
                _consequences.TryAdd(finding, []);
        }

        // A cause that is itself explained hands its consequences on.
        foreach (var (explained, own) in _consequences.Where(pair => Root(ranked, pair.Key) != pair.Key).ToList())
        {
            Consequences(Root(ranked, explained)).AddRange(own);
            _consequences.Remove(explained);
        }

        AddSymptoms(ranked);
        return [.. _consequences.Keys.Order(CauseRanking.Instance).Select(root => Cause(root, _consequences[root]))];
    }

    private static RuleFinding Root(List<RuleFinding> ranked, RuleFinding finding)
    {
        // Depth only grows from cause to effect, so this ends.
        while (ranked.Find(cause => cause != finding && Explains.Finding(cause, finding)) is { } cause) finding = cause;
        return finding;
    }

    private void AddSymptoms(List<RuleFinding> ranked)
    {
        var stopped = ranked.SelectMany(cause => cause.Effects.Select(effect => (effect.Tunnel, cause)))
            .ToLookup(item => item.Tunnel, item => item.cause);
        var open = new List<(ISymptomRule Rule, PeerView Tunnel)>();
        var explained = new List<(RuleFinding Cause, ISymptomRule Rule, PeerView Tunnel)>();
        foreach (var tunnel in mesh.Peers)
        {
            if (symptomRules.FirstOrDefault(rule => rule.Shows(mesh, tunnel)) is not { } rule) continue;
            var causes = tunnel.Reverse is { } reverse ? stopped[tunnel].Concat(stopped[reverse]) : stopped[tunnel];
            if (causes.FirstOrDefault(cause => Explains.Handshake(cause, tunnel)) is { } cause) explained.Add((Root(ranked, cause), rule, tunnel));
            else open.Add((rule, tunnel));
        }

        foreach (var group in explained.GroupBy(item => (item.Cause, item.Rule)))
            Consequences(group.Key.Cause).Add(group.Key.Rule.Compose(mesh, group.Key.Cause.Device, [.. group.Select(item => item.Tunnel)]).Finding);
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
            Consequences(parts[0]).AddRange(parts.Skip(1).Select(part => part.Finding));
        }
    }

    private List<Finding> Consequences(RuleFinding root)
    {
        if (!_consequences.TryGetValue(root, out var list)) _consequences[root] = list = [];
        return list;
    }

    private RootCause Cause(RuleFinding root, List<Finding> consequences)
    {
        var tunnels = TunnelOrder.Sort(root.Finding.AffectedTunnels.Concat(consequences.SelectMany(finding => finding.AffectedTunnels)));
        return new RootCause(
            root.Finding,
            [.. consequences.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Code, StringComparer.Ordinal)
                .ThenBy(finding => finding.Subject.Node, StringComparer.Ordinal).ThenBy(finding => finding.Message, StringComparer.Ordinal)],
            tunnels,
            [.. tunnels.SelectMany(tunnel => new[] { tunnel.FromNode, tunnel.ToNode }).OfType<string>().Append(root.Finding.Subject.Node)
                .Distinct().Order(StringComparer.Ordinal)])
        {
            UnlistedTunnels = unlisted.Reached(root),
        };
    }
}
