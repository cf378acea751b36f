// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>Packet sizes.</summary>
internal static class MtuRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new MtuTooSmallRule(),
        new MtuUnderlayChangedRule(),
        new MtuTooBigRule(),
        new FragmentDropRule(),
        new MtuAsymmetricRule(),
        new MtuPodMismatchRule(),
        new MtuPaddingRule(),
        new HostPlaneMtuRule(),
        new MtuBlackholeRule(),
    ];
}
