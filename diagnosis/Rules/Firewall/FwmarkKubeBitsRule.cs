// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>
/// The device's mark has bits that another program's rules look at: the outer packets are dropped by a rule that looks at the mark. Signal,
/// threshold and traps: <see cref="BlockadeRule"/>; and the rule is required, not only the bits, because recent versions of Kubernetes no longer
/// install it.
/// </summary>
internal sealed class FwmarkKubeBitsRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-FWMARK-KUBE-BITS", Layer.Firewall, Severity.Critical, "The device's mark means something else to a rule of this host")
    {
        Precedence = Rules.Precedence.Underlay + 8,
        Explanation = "WireGuard marks its own packets so that they are not routed into the tunnel. Kubernetes and others mark packets too, by single bits: 0x8000 to be dropped, 0x4000 to be "
            + "masqueraded. 51820, wg-quick's usual mark, has both bits. The send fails with EPERM and nothing leaves the node.",
        FalsifiedBy = "The packets leave with the same mark while the rule stands.",
        StopsHandshake = true,
        Reach = Reach.Tunnels,
    };

    protected override string Remark(Blockade blockade) => $" The mark of {blockade.Device.Name} is 0x{blockade.Device.Fact.FirewallMark:x}.";

    // Another mark, without bits that Kubernetes uses. What routes by the old mark has to follow, so there is no single line for it.
    protected override IEnumerable<Remediation?> Mend(Blockade blockade)
    {
        var commands = new FilterCommands(blockade.Device);
        return
        [
            commands.Line(
                Shell.Line("wg set", commands.Device, "fwmark 0x20000"),
                Shell.Line("wg set", commands.Device, $"fwmark 0x{blockade.Device.Fact.FirewallMark:x}"),
                "running device; routing rules for the old mark (ip rule) have to name the new one"),
        ];
    }
}
