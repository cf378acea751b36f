// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>A root with what was put under it so far.</summary>
/// <param name="root">The finding that nothing explains.</param>
internal sealed class CauseDraft(RuleFinding root)
{
    public RuleFinding Root { get; } = root;

    /// <summary>The nodes on which the root holds, sorted.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [root.Finding.Subject.Node];

    public List<RuleFinding> Consequences { get; } = [];

    /// <summary>What it explains too, though a deeper root has it.</summary>
    public List<SharedConsequence> Shared { get; } = [];

    /// <summary>Consequences as a reader follows them: the deeper layers first.</summary>
    public IEnumerable<Finding> InDepthOrder() => Consequences
        .OrderBy(item => item.Rule.Precedence)
        .ThenByDescending(item => item.Finding.Severity)
        .ThenBy(item => item.Finding.Code, StringComparer.Ordinal)
        .ThenBy(item => item.Finding.Subject.Node, StringComparer.Ordinal)
        .ThenBy(item => item.Finding.Message, StringComparer.Ordinal)
        .Select(item => item.Finding);
}
