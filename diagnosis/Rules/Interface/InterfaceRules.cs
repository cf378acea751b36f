// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>The device and its addresses.</summary>
internal static class InterfaceRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new IfaceMovedRule(),
        new LeftoverStateRule(),
        new IfaceKindForeignRule(),
        new IfaceMissingRule(),
        new IfaceSocketGoneRule(),
        new IfaceDownRule(),
        new IfaceNoAddressRule(),
        new AddressDuplicateRule(),
        new AddressShadowRule(),
    ];
}
