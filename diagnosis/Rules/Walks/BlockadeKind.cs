// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Rules.Walks;

/// <summary>Which of the codes tells most about a blockade; each has exactly one. What a rule is for goes before whose it is, and that before where it stands.</summary>
internal static class BlockadeKind
{
    private const string Tailscale = "tailscale", Firewalld = "firewalld", Ufw = "ufw", Docker = "docker";

    public static string CodeOf(Blockade blockade) => blockade switch
    {
        { Place: not null } => "WG-TARGET-HOST-FILTER",
        { Rule: var rule } when Has(rule, WalkRuleTraits.SharedRange) && (rule.Owner == Tailscale || rule.Text.Contains(Tailscale, StringComparison.Ordinal)) => "WG-TAILSCALE-CGNAT-DROP",
        { Rule: var rule } when Has(rule, WalkRuleTraits.ReversePath) => "WG-RPF-FIREWALL",
        { Way: BlockedWay.Outer, Outbound: true, Rule: var rule } when Has(rule, WalkRuleTraits.Mark) && blockade.Device.Fact.FirewallMark != 0 => "WG-FWMARK-KUBE-BITS",
        { Rule.OwnerKind: RuleOwnerKind.Cni } => "WG-CNI-POLICY-DROP",
        { Rule.Owner: Firewalld } => "WG-FIREWALLD-ZONE",
        _ when blockade.Walks.Any(walk => walk.Notrack is not null) => "WG-CONNTRACK-NOTRACK",
        { Rule: { Backend: NetfilterBackend.Legacy, TwoWorlds: true } } => "WG-IPT-LEGACY-NFT-SPLIT",
        { Way: BlockedWay.Outer } => "WG-UDP-PORT-BLOCKED-INPUT",
        { Way: BlockedWay.Host } => "WG-OVERLAY-INPUT-DROP",
        { Rule: var rule } when IsForwardPolicy(rule) => "WG-IPT-FORWARD-POLICY-DROP",
        _ => "WG-NFT-FORWARD-DROP",
    };

    private static bool Has(WalkRule rule, WalkRuleTraits trait) => (rule.Traits & trait) != WalkRuleTraits.None;

    // The builtin chain as iptables makes it, in either world; and the chains of those who set its policy.
    private static bool IsForwardPolicy(WalkRule rule) => rule is { IsPolicy: true, Chain: "FORWARD", Table: "filter" } || rule.Owner is Ufw or Docker;
}
