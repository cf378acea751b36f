// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>Cryptokey routing.</summary>
internal static class AllowedIpsRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new OverlapRule(),
        new CatchAllRule(),
        new NoAllowedIpsRule(),
        new MissingDestinationRule(),
        new MissingSourceRule(),
    ];
}
