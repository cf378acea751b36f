// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>
/// Facts that can have many megabytes and that no verdict across nodes is drawn from. They never go into a status: to find out how large
/// they are would cost more than anything else the probe does. The facts command prints them.
/// </summary>
internal static class BulkyFacts
{
    /// <summary>What left-out facts say instead.</summary>
    public static NotAvailable LeftOut { get; } = new(NotAvailableReason.NotRequested, "left out of the report for its size");

    /// <summary>One line for each such fact of a namespace.</summary>
    private static readonly Func<NamespaceFacts, NamespaceFacts>[] OfNamespace =
    [
        space => space with { Netfilter = Without(space.Netfilter) },
    ];

    /// <summary>One line for each such fact of the node.</summary>
    private static readonly Func<NodeFacts, NodeFacts>[] OfNode =
    [
        node => node with { OtherNamespaces = Without(node.OtherNamespaces) },
    ];

    /// <summary>The facts without them; what could not be read keeps its reason.</summary>
    public static NodeFacts Remove(NodeFacts facts)
    {
        var smaller = facts with { Namespaces = [.. facts.Namespaces.Select(space => OfNamespace.Aggregate(space, (s, remove) => remove(s)))] };
        return OfNode.Aggregate(smaller, (f, remove) => remove(f));
    }

    private static Fact<T>? Without<T>(Fact<T>? fact)
        where T : class => fact?.Value is null ? fact : fact with { Value = null, NotAvailable = LeftOut };
}
