// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>Cryptokey routing.</summary>
internal static class AllowedIpsRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new OverlapRule(),
        new MissingDestinationRule(),
        new MissingSourceRule(),
    ];
}
