// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary><c>meta/v1 Condition</c>.</summary>
public sealed record Condition
{
    /// <summary>CamelCase name, unique in its list.</summary>
    public required string Type { get; init; }

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public required string Status { get; init; }

    public long? ObservedGeneration { get; init; }

    /// <summary>Changes only when <see cref="Status"/> changes.</summary>
    public required DateTimeOffset LastTransitionTime { get; init; }

    /// <summary>CamelCase word, at most 1024 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>For people, at most 32768 characters.</summary>
    public required string Message { get; init; }
}
