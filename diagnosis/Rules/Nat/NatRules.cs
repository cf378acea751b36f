// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Nat;

/// <summary>Address translation of what a tunnel carries, and of its own packets.</summary>
internal static class NatRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new PortHijackDnatRule(),
        new EndpointSnatPoisonRule(),
        new MasqueradeIntoTunnelRule(),
        new MasqueradeMissingRule(),
        new ServiceVipOverTunnelRule(),
    ];
}
