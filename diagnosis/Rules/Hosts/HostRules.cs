// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>Rules about what else sets up networks on a host, about clouds and about hardware.</summary>
internal static class HostRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new NetworkdFlushRule(),
        new NetworkManagerRule(),
        new ConfigDriftRule(),
        new FullTunnelOnNodeRule(),
        new SourceCheckRule(),
        new SecurityGroupRule(),
        new DriverLogRule(),
    ];
}
