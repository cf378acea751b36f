// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>Rules about what the control plane of a pod network publishes and what its agents made of it.</summary>
internal static class CniRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new AgentDownRule(),
        new KeyConflictRule(),
        new AnnotationDriftRule(),
        new EndpointDriftRule(),
        new PodCidrChangedRule(),
        new MissingPeerRule(),
        new StalePeerRule(),
        new AddressPendingRule(),
        new PlaintextLeakRule(),
        new DuplicateOwnerRule(),
        new ConfigOrderRule(),
        new StrictModeDropRule(),
        new KiloLeaderRule(),
        new SubmarinerFailoverRule(),
        new NodeEncryptionLossRule(),
    ];
}
