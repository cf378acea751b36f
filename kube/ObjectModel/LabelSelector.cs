// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary><c>meta/v1 LabelSelector</c>: all parts must match.</summary>
public sealed record LabelSelector
{
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }
}

/// <summary><c>meta/v1 LabelSelectorRequirement</c>.</summary>
public sealed record LabelSelectorRequirement
{
    public required string Key { get; init; }

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
    public required string Operator { get; init; }

    public IReadOnlyList<string>? Values { get; init; }
}
