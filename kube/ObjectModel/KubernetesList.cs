// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
public sealed record KubernetesList<T>
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<T> Items { get; init; } = [];
}

/// <summary><c>meta/v1 ListMeta</c>.</summary>
public sealed record ListMeta
{
    public string? ResourceVersion { get; init; }

    /// <summary>Token of the next page; null or empty on the last.</summary>
    public string? Continue { get; init; }

    public long? RemainingItemCount { get; init; }
}
