// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules.AllowedIPs;
using KubeWgDiag.Diagnosis.Rules.Cni;
using KubeWgDiag.Diagnosis.Rules.Forwarding;
using KubeWgDiag.Diagnosis.Rules.Handshake;
using KubeWgDiag.Diagnosis.Rules.Interface;
using KubeWgDiag.Diagnosis.Rules.Mtu;
using KubeWgDiag.Diagnosis.Rules.Peers;
using KubeWgDiag.Diagnosis.Rules.Route;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>Every rule there is: one list for each group, written by hand.</summary>
public static class RuleCatalogue
{
    internal static IReadOnlyList<IRule> Rules { get; } =
    [
        .. CniRules.All,
        .. InterfaceRules.All,
        .. PeerRules.All,
        .. MtuRules.All,
        .. AllowedIpsRules.All,
        .. RouteRules.All,
        .. ForwardingRules.All,
        .. HandshakeRules.All,
    ];

    /// <summary>What is fixed about each rule; codes are unique.</summary>
    public static IReadOnlyList<RuleDescriptor> Descriptors { get; } = [.. Rules.Select(rule => rule.Descriptor)];
}
