// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>The policy of the FORWARD chain, or the chains of those who set it, drop. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class IptForwardPolicyDropRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-IPT-FORWARD-POLICY-DROP", Layer.Firewall, Severity.Critical, "The FORWARD policy drops what no rule accepts")
    {
        Precedence = Rules.Precedence.Receiver + 4,
        Explanation = "Docker and ufw set the policy of the FORWARD chain to DROP. Whatever is not accepted by a rule for it ends there, also what goes between the tunnel and the pods.",
        FalsifiedBy = "The policy's counter stands still while packets are lost.",
    };

    private const string Ufw = "ufw";

    protected override IEnumerable<Remediation?> Mend(Blockade blockade)
    {
        var commands = new FilterCommands(blockade.Device);
        if (blockade.Rule.Owner != Ufw) return commands.LetPass(blockade);
        return
        [
            commands.Line(Shell.Line("ufw route allow in on", commands.Device), Shell.Line("ufw route delete allow in on", commands.Device), "ufw's own configuration, kept over reboots"),
            commands.Line(Shell.Line("ufw route allow out on", commands.Device), Shell.Line("ufw route delete allow out on", commands.Device), "ufw's own configuration, kept over reboots"),
        ];
    }
}
