// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>The drop stands in a legacy table while nf_tables is in use too. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class IptLegacyNftSplitRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-IPT-LEGACY-NFT-SPLIT", Layer.Firewall, Severity.Error, "The rule that drops is in the tables that the usual tool does not show")
    {
        Precedence = Rules.Precedence.Receiver + 2,
        Explanation = "The kernel runs nf_tables and the legacy tables one beside the other, and a packet has to get through both. nft and iptables-nft show only the first, iptables-legacy only the second: the rule that drops is in the half that nobody looks at.",
        FalsifiedBy = "iptables-legacy-save shows no such rule.",
    };

    protected override string Remark(Blockade blockade) => " `nft list ruleset` does not show this rule; the host's other rules are in nf_tables.";

    protected override IEnumerable<Remediation?> Mend(Blockade blockade) =>
        blockade.Rule.IsPolicy ? base.Mend(blockade) : [new FilterCommands(blockade.Device).Delete(blockade.Rule)];
}
