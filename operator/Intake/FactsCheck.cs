// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Operator.Intake;

/// <summary>Checks on facts that have their form: whom they speak for, and what the rules rely on.</summary>
internal static class FactsCheck
{
    /// <summary>Host namespace, pods with tunnels of their own, agents: many more would be an attack or a mistake.</summary>
    private const int MaxNamespaces = 64;

    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? FaultOf(NodeFacts facts, string nodeName)
    {
        if (facts.Node != nodeName)
            return "the facts speak for another node";
        if (facts.Namespaces.Count is 0 or > MaxNamespaces)
            return $"the facts hold {facts.Namespaces.Count} namespaces";
        if (!facts.Namespaces.All(IsWhole))
            return "a fact has neither a value nor a reason why it has none";
        return facts.Namespaces.All(HasLists) ? null : "a list is missing";
    }

    // The JSON source generator gives an absent init property null instead of its default, whatever its annotation says.
    private static bool HasLists(NamespaceFacts ns) =>
        ns.UapiSocketProblems is not null
        && (ns.Routes.Value ?? []).All(route => route.NextHops is not null)
        && Devices(ns).All(device => device.Peers is not null && device.Peers.All(peer => peer.AllowedIps is not null));

    private static IEnumerable<WireGuardDeviceFact> Devices(NamespaceFacts ns) =>
        (ns.KernelWireGuard.Value ?? []).Concat(ns.UserspaceWireGuard.Value ?? []);

    private static bool IsWhole(NamespaceFacts ns) =>
        IsWhole(ns.Links)
        && IsWhole(ns.Addresses)
        && IsWhole(ns.Routes)
        && IsWhole(ns.Rules)
        && IsWhole(ns.Neighbours)
        && IsWhole(ns.Sysctls)
        && IsWhole(ns.ProtocolCounters)
        && IsWhole(ns.KernelWireGuard)
        && IsWhole(ns.UserspaceWireGuard)
        && IsWhole(ns.RouteLookups)
        && IsWhole(ns.Conntrack)
        && IsWhole(ns.ConntrackFlows)
        && IsWhole(ns.UdpSockets)
        && IsWhole(ns.SocketOwners);

    // Probes of older versions do not send those that were added since.
    private static bool IsWhole<T>(Fact<T>? fact)
        where T : class => fact is null || fact.Value is null != fact.NotAvailable is null;
}
