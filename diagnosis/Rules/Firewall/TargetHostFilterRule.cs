// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>A packet filter inside a namespace behind the node drops. Only namespaces that were read can be walked: pods without a tunnel mostly are not. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class TargetHostFilterRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-TARGET-HOST-FILTER", Layer.Firewall, Severity.Warning, "The target itself drops what comes from the far side")
    {
        Precedence = Rules.Precedence.Beyond,
        Explanation = "The packet passed the tunnel and the node and reached the namespace of its target, where a packet filter of the target's own drops what does not come from its own network.",
        FalsifiedBy = "The target answers the same request when it comes through the tunnel.",
    };
}
