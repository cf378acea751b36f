// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>Tailscale's rule for the shared range drops. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class TailscaleCgnatDropRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-TAILSCALE-CGNAT-DROP", Layer.Firewall, Severity.Error, "Tailscale drops 100.64.0.0/10 that is not its own")
    {
        Precedence = Rules.Precedence.Receiver + 7,
        Explanation = "Tailscale takes the whole range 100.64.0.0/10 for its own and drops packets with such a source that do not come from its device. Pods, nodes or another mesh in that range are cut off.",
        FalsifiedBy = "The counter of the rule in ts-input or ts-forward stands still.",
    };

    protected override string Remark(Blockade blockade) => " Give the tunnel another range, or set Tailscale's netfilter mode to off.";

    protected override IEnumerable<Remediation?> Mend(Blockade blockade) =>
        [new FilterCommands(blockade.Device).Line("tailscale set --netfilter-mode=off", "tailscale set --netfilter-mode=on", "Tailscale on this node; it then accepts whatever the other rules accept")];
}
