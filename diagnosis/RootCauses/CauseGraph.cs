// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// Findings with an edge from each effect to its reasons. Reasons are looked up by code and by what they reach (node, device or tunnel), so the work
/// grows with the findings, not with their pairs.
/// </summary>
internal sealed class CauseGraph
{
    private readonly Explains _explains = new();
    private readonly Dictionary<(string Code, object Place), List<RuleFinding>> _reasons = [];
    private readonly Dictionary<RuleFinding, int> _rank = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<RuleFinding, RuleFinding> _roots = new(ReferenceEqualityComparer.Instance);

    /// <summary>Links the findings.</summary>
    /// <param name="ranked">All of them, the first to be mended first.</param>
    public CauseGraph(IReadOnlyList<RuleFinding> ranked)
    {
        Ranked = ranked;
        var asked = ranked.SelectMany(finding => finding.Rule.ExplainedBy).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < ranked.Count; i++)
        {
            _rank[ranked[i]] = i;
            if (!asked.Contains(ranked[i].Rule.Code) || !Explains.IsReason(ranked[i])) continue;
            foreach (var place in Places(ranked[i])) Add((ranked[i].Rule.Code, place), ranked[i]);
        }
    }

    public IReadOnlyList<RuleFinding> Ranked { get; }

    /// <summary>All direct reasons of a finding; the first is the one to be mended first.</summary>
    public IReadOnlyList<RuleFinding> ReasonsOf(RuleFinding effect)
    {
        if (effect.Rule.ExplainedBy.Count == 0) return [];
        // A reason that takes tunnels along takes all of the effect's, so the first one finds it.
        PeerView? tunnel = effect.Effects.Count > 0 ? effect.Effects[0].Tunnel : null;
        object?[] places = [effect.Device.Node, effect.Device, tunnel, tunnel?.Reverse];
        return [.. effect.Rule.ExplainedBy
            .SelectMany(code => places.OfType<object>().SelectMany(place => _reasons.GetValueOrDefault((code, place)) ?? []))
            .Distinct<RuleFinding>(ReferenceEqualityComparer.Instance)
            .Where(cause => cause != effect && _explains.Finding(cause, effect))
            .OrderBy(cause => _rank[cause])];
    }

    /// <summary>The findings among the given ones that keep the tunnel's handshake from completing.</summary>
    public IEnumerable<RuleFinding> StoppersOf(PeerView tunnel, IEnumerable<RuleFinding> among) => among
        .Where(cause => _explains.Handshake(cause, tunnel))
        .Distinct<RuleFinding>(ReferenceEqualityComparer.Instance)
        .OrderBy(cause => _rank[cause]);

    /// <summary>The end of the chain of reasons; the finding itself when nothing explains it.</summary>
    public RuleFinding RootOf(RuleFinding finding)
    {
        if (_roots.TryGetValue(finding, out var known)) return known;
        // A reason's precedence is lower than its effect's, so this ends.
        var root = ReasonsOf(finding) is [var reason, ..] ? RootOf(reason) : finding;
        _roots[finding] = root;
        return root;
    }

    private static IEnumerable<object> Places(RuleFinding cause) => cause.Rule.Reach switch
    {
        Reach.Node => [cause.Device.Node],
        Reach.Tunnels => cause.Effects.Select(effect => effect.Tunnel).Distinct(),
        _ => [cause.Device],
    };

    private void Add((string Code, object Place) key, RuleFinding finding)
    {
        if (!_reasons.TryGetValue(key, out var list)) _reasons[key] = list = [];
        list.Add(finding);
    }
}
