// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules.AllowedIPs;
using KubeWgDiag.Diagnosis.Rules.Forwarding;
using KubeWgDiag.Diagnosis.Rules.Handshake;
using KubeWgDiag.Diagnosis.Rules.Interface;
using KubeWgDiag.Diagnosis.Rules.Ipv6;
using KubeWgDiag.Diagnosis.Rules.Mtu;
using KubeWgDiag.Diagnosis.Rules.Peers;
using KubeWgDiag.Diagnosis.Rules.Pods;
using KubeWgDiag.Diagnosis.Rules.ReversePath;
using KubeWgDiag.Diagnosis.Rules.Route;
using KubeWgDiag.Diagnosis.Rules.Underlay;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>Every rule there is: one list for each group, written by hand.</summary>
public static class RuleCatalogue
{
    internal static IReadOnlyList<IRule> Rules { get; } =
    [
        .. InterfaceRules.All,
        .. UnderlayRules.All,
        .. Ipv6Rules.All,
        .. PeerRules.All,
        .. MtuRules.All,
        .. AllowedIpsRules.All,
        .. RouteRules.All,
        .. ReversePathRules.All,
        .. ForwardingRules.All,
        .. PodRules.All,
        .. HandshakeRules.All,
    ];

    /// <summary>What is fixed about each rule; codes are unique.</summary>
    public static IReadOnlyList<RuleDescriptor> Descriptors { get; } = [.. Rules.Select(rule => rule.Descriptor)];
}
