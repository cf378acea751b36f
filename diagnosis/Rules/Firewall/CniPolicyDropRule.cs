// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>The rule that drops belongs to the pod network. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class CniPolicyDropRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-CNI-POLICY-DROP", Layer.Firewall, Severity.Error, "A network policy drops it")
    {
        Precedence = Rules.Precedence.Receiver + 6,
        Explanation = "A rule that the pod network wrote for a network policy, a host policy or its own isolation ends the packet. If that is what somebody wanted, nothing is wrong with the tunnel.",
        FalsifiedBy = "The policy is removed for a test and the packets are still lost.",
    };

    protected override string Remark(Blockade blockade) => " This is somebody's policy: change it in the cluster (NetworkPolicy, host endpoint policy), not on the node.";

    // The agent writes its rules again within seconds, and a policy is changed where it was made.
    protected override IEnumerable<Remediation?> Mend(Blockade blockade) => [];
}
