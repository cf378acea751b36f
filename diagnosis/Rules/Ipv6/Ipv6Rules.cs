// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Ipv6;

/// <summary>What goes wrong with IPv6 only.</summary>
internal static class Ipv6Rules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new Ipv6DisabledRule(),
        new RouterAdvertisementRule(),
        new NeighbourDiscoveryRule(),
        new DuplicateAddressRule(),
        new OverheadRule(),
    ];
}
