// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Operator.Intake;

/// <summary>
/// How many of a thing one node may report. 256 KiB bound what is read; these bound what the rules do with it, whose work for some lists grows with
/// the product of two of them. Each bound is well above what the largest nodes have.
/// </summary>
internal static class ListBounds
{
    /// <summary>WireGuard devices of a node, over all its namespaces.</summary>
    internal const int Devices = 256;

    /// <summary>Rules of all families in one namespace: a packet is held against each.</summary>
    internal const int Rules = 1024;

    /// <summary>What is wrong; null when nothing is.</summary>
    public static string? FaultOf(NodeFacts facts)
    {
        if (facts.Namespaces.Sum(space => Count(space.KernelWireGuard) + Count(space.UserspaceWireGuard)) is > Devices and var devices)
            return $"the facts hold {devices} WireGuard devices, more than {Devices}";
        return facts.Namespaces.Max(space => Count(space.Rules)) is > Rules and var rules
            ? $"the facts hold {rules} routing rules in one namespace, more than {Rules}"
            : null;
    }

    private static int Count<T>(Fact<IReadOnlyList<T>> fact) => fact.Value?.Count ?? 0;
}
