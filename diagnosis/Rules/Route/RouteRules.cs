// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>Routes into the tunnel.</summary>
internal static class RouteRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new RouteSourceRule(),
        new CidrOverlapRule(),
        new PolicyRuleMissingRule(),
        new RuleBlackholeRule(),
        new RuleShadowedRule(),
        new RouteLostRule(),
        new AllowedIpsWithoutRouteRule(),
        new RouteMissingRule(),
        new RouteShadowedRule(),
        new AsymmetricPathRule(),
    ];
}
