// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>Forwarding on the receiving host.</summary>
internal static class ForwardingRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new ForwardingDisabledRule(),
    ];
}
