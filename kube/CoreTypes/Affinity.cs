// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The part of a <c>v1 Affinity</c> by which the DaemonSet controller ties each pod to its node.</summary>
public sealed record Affinity
{
    public NodeAffinity? NodeAffinity { get; init; }
}

/// <summary><c>v1 NodeAffinity</c>; preferences are not modelled.</summary>
public sealed record NodeAffinity
{
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }
}

/// <summary><c>v1 NodeSelector</c>: one of the terms has to match.</summary>
public sealed record NodeSelector
{
    public IReadOnlyList<NodeSelectorTerm>? NodeSelectorTerms { get; init; }
}

/// <summary><c>v1 NodeSelectorTerm</c>; only the match on fields, which names a node (<c>metadata.name</c>).</summary>
public sealed record NodeSelectorTerm
{
    public IReadOnlyList<NodeSelectorRequirement>? MatchFields { get; init; }
}

/// <summary><c>v1 NodeSelectorRequirement</c>.</summary>
public sealed record NodeSelectorRequirement
{
    public string? Key { get; init; }

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> ...</summary>
    public string? Operator { get; init; }

    public IReadOnlyList<string>? Values { get; init; }
}
