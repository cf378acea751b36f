// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>The evaluators of the namespaces that packets pass, each made once: to index a large rule set costs more than a packet.</summary>
internal sealed class WalkFilters(DateTimeOffset? now, EvaluationOptions options)
{
    private readonly Dictionary<WalkNamespace, NetfilterEvaluator?> _evaluators = new(ReferenceEqualityComparer.Instance);

    /// <summary>Null when the packet filters of the namespace were not read.</summary>
    public NetfilterEvaluator? Of(WalkNamespace space)
    {
        if (_evaluators.TryGetValue(space, out var known)) return known;
        return _evaluators[space] = space.Facts.Netfilter?.Value is { } rules ? new NetfilterEvaluator(rules, new WalkEnvironment(space, now), options) : null;
    }
}
