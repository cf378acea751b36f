// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>A rule of this host drops what is for the host itself. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class OverlayInputDropRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-OVERLAY-INPUT-DROP", Layer.Firewall, Severity.Error, "The host firewall drops what the tunnel delivers to the node itself")
    {
        Precedence = Rules.Precedence.Receiver + 5,
        Explanation = "What is behind the node can be reached through the tunnel, the node's own address cannot: its firewall drops what comes out of the tunnel, answers to its own questions included.",
        FalsifiedBy = "The node answers on its tunnel address by some protocol.",
    };
}
