// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>Namespaces behind the node, and tunnels inside of pods.</summary>
internal static class PodRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new GatewayForwardingRule(),
        new PodVethRule(),
        new PodRouteRule(),
        new ReturnRouteRule(),
    ];
}
