// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules.AllowedIPs;
using KubeWgDiag.Diagnosis.Rules.Forwarding;
using KubeWgDiag.Diagnosis.Rules.Handshake;
using KubeWgDiag.Diagnosis.Rules.Interface;
using KubeWgDiag.Diagnosis.Rules.Mtu;
using KubeWgDiag.Diagnosis.Rules.Peers;
using KubeWgDiag.Diagnosis.Rules.Route;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>Every rule there is, written by hand and in the order of their depth.</summary>
public static class RuleCatalogue
{
    internal static IReadOnlyList<IRule> Rules { get; } =
    [
        new IfaceDownRule(),
        new IfaceNoAddressRule(),
        new PeerMissingRule(),
        new KeyDriftRule(),
        new EndpointWrongPortRule(),
        new MtuTooBigRule(),
        new OverlapRule(),
        new MissingDestinationRule(),
        new MissingSourceRule(),
        new RouteMissingRule(),
        new RouteShadowedRule(),
        new ForwardingDisabledRule(),
        new HandshakeNeverRule(),
        new HandshakeStaleRule(),
    ];

    /// <summary>What is fixed about each rule; codes are unique.</summary>
    public static IReadOnlyList<RuleDescriptor> Descriptors { get; } = [.. Rules.Select(rule => rule.Descriptor)];
}
