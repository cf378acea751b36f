// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules.AllowedIPs;
using KubeWgDiag.Diagnosis.Rules.Endpoints;
using KubeWgDiag.Diagnosis.Rules.Conntrack;
using KubeWgDiag.Diagnosis.Rules.Firewall;
using KubeWgDiag.Diagnosis.Rules.Cni;
using KubeWgDiag.Diagnosis.Rules.Forwarding;
using KubeWgDiag.Diagnosis.Rules.Handshake;
using KubeWgDiag.Diagnosis.Rules.Interface;
using KubeWgDiag.Diagnosis.Rules.Hosts;
using KubeWgDiag.Diagnosis.Rules.Keys;
using KubeWgDiag.Diagnosis.Rules.Ipv6;
using KubeWgDiag.Diagnosis.Rules.Kernel;
using KubeWgDiag.Diagnosis.Rules.Mtu;
using KubeWgDiag.Diagnosis.Rules.Nat;
using KubeWgDiag.Diagnosis.Rules.Offload;
using KubeWgDiag.Diagnosis.Rules.Peers;
using KubeWgDiag.Diagnosis.Rules.Performance;
using KubeWgDiag.Diagnosis.Rules.Pods;
using KubeWgDiag.Diagnosis.Rules.ReversePath;
using KubeWgDiag.Diagnosis.Rules.Route;
using KubeWgDiag.Diagnosis.Rules.Time;
using KubeWgDiag.Diagnosis.Rules.Underlay;
using KubeWgDiag.Diagnosis.Rules.Userspace;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>Every rule there is: one list for each group, written by hand.</summary>
public static class RuleCatalogue
{
    internal static IReadOnlyList<IRule> Rules { get; } =
    [
        .. KernelRules.All,
        .. UserspaceRules.All,
        .. CniRules.All,
        .. HostRules.All,
        .. InterfaceRules.All,
        .. KeyRules.All,
        .. UnderlayRules.All,
        .. Ipv6Rules.All,
        .. PeerRules.All,
        .. EndpointRules.All,
        .. TimeRules.All,
        .. MtuRules.All,
        .. OffloadRules.All,
        .. AllowedIpsRules.All,
        .. RouteRules.All,
        .. ReversePathRules.All,
        .. ForwardingRules.All,
        .. FirewallRules.All,
        .. NatRules.All,
        .. ConntrackRules.All,
        .. PodRules.All,
        .. PerformanceRules.All,
        .. HandshakeRules.All,
    ];

    /// <summary>What is fixed about each rule; codes are unique.</summary>
    public static IReadOnlyList<RuleDescriptor> Descriptors { get; } = [.. Rules.Select(rule => rule.Descriptor)];
}
