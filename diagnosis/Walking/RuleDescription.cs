// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Netfilter.Text;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Names a packet filter's rule in the words of the tool that shows it: place, then text (nft, or iptables-save for a legacy table).</summary>
internal static class RuleDescription
{
    /// <summary>The rule, or with no rule the chain's policy, where it stands.</summary>
    public static string Of(WalkNamespace space, RuleReference reference) =>
        reference.Rule is null ? $"{reference} {Policy(reference.Chain)}" : $"{reference}: {Text(space, reference)}";

    /// <summary>What the rule says; empty for a policy.</summary>
    public static string Text(WalkNamespace space, RuleReference reference)
    {
        if (reference.Rule is not { } rule) return "";
        return reference.Backend == NetfilterBackend.Legacy
            ? XtRuleText.Rule(reference.Family, reference.Chain.Name, rule)
            : RuleText.Of(reference.Table, rule, expression => XtRuleText.Expression(reference.Family, expression), index => NameOf(space, index));
    }

    private static string Policy(NetfilterChain chain) => chain.Policy == NetfilterPolicy.Drop ? "drop" : "accept";

    private static string? NameOf(WalkNamespace space, uint index) =>
        index <= int.MaxValue ? space.Link((int)index)?.Name : null;
}
