// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Underlay;

/// <summary>The way of the outer packets as this node sees it.</summary>
internal static class UnderlayRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new FwmarkMismatchRule(),
        new UnderlayNoRouteRule(),
        new NeighbourTableRule(),
        new NeighbourFailedRule(),
    ];
}
