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
        return facts.Namespaces.All(IsWhole) ? null : "a fact has neither a value nor a reason why it has none";
    }

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
        && IsWhole(ns.RouteLookups);

    private static bool IsWhole<T>(Fact<T> fact)
        where T : class => fact.Value is null != fact.NotAvailable is null;
}
