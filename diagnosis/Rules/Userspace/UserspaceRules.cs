// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Userspace;

/// <summary>Implementations that are programs.</summary>
internal static class UserspaceRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new TunUnavailableRule(),
        new StaleSocketRule(),
        new FallbackRule(),
        new SilentDropRule(),
        new RelayedPathRule(),
    ];
}
