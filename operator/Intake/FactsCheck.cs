// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Operator.Intake;

/// <summary>Checks on facts that have their form: whom they speak for, and whether a node can have that many of a thing.</summary>
internal static class FactsCheck
{
    /// <summary>Host namespace, pods with tunnels of their own, agents: many more would be an attack or a mistake.</summary>
    private const int MaxNamespaces = 64;

    /// <summary>The longest observation that can be asked for is 120 s; reading takes longer on a node that is busy.</summary>
    private const double MaxObservedSeconds = 3600;

    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? FaultOf(NodeFacts facts, string nodeName)
    {
        if (facts.Node != nodeName)
            return "the facts speak for another node";
        if (facts.Namespaces.Count is 0 or > MaxNamespaces)
            return $"the facts hold {facts.Namespaces.Count} namespaces";
        if (facts.ObservedSeconds is < 0 or > MaxObservedSeconds)
            return "the facts were observed for a time that is not possible";
        return ListBounds.FaultOf(facts);
    }
}
