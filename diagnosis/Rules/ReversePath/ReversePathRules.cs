// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>Reverse path checks of the kernel's routing.</summary>
internal static class ReversePathRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new OuterMarkRule(),
        new StrictFilterRule(),
        new MartianSourceRule(),
    ];
}
