// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>Where outer packets go: endpoints, ports, address translation.</summary>
internal static class EndpointRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new PortInUseRule(),
        new EndpointInsideTunnelRule(),
        new SourceAddrMultihomeRule(),
        new ListenPortDriftRule(),
        new EndpointMissingRule(),
        new EndpointFamilyRule(),
        new EndpointPrivateAddrRule(),
        new EndpointStaleIpRule(),
        new EndpointDnsStaleRule(),
        new EndpointUnreachableNatRule(),
        new NatIdleTimeoutRule(),
        new EndpointNatRebindRule(),
        new ConntrackStaleDnatRule(),
    ];
}
