// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>A reverse path check among the packet filters drops. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class RpfFirewallRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-RPF-FIREWALL", Layer.Firewall, Severity.Error, "The firewall's reverse path check drops it")
    {
        Precedence = Rules.Precedence.Receiver,
        Explanation = "Rules such as fib saddr . iif oif missing drop, -m rpfilter or firewalld's IPv6_rpfilter ask whether the source would be reached by the device that the packet came in by. They run before marks are set, so routing by marks fails them, and they drop without a trace in the kernel's own counters.",
        FalsifiedBy = "ip route get to the source leads out of the device that the packet came in by, and the rule's counter stands still.",
    };

    protected override string Remark(Blockade blockade) => blockade.Walks[0].Packet is { Input: { } input } packet
        ? $" The way back to {packet.Source} does not lead out of {DisplayText.Name(input)}: mend the route, or exempt the device from the check."
        : "";
}
