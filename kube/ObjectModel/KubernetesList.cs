// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Kube.ObjectModel;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">Type of the items.</typeparam>
public sealed record KubernetesList<T>
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<T> Items { get; init; } = [];

    /// <summary>Objects that the server listed and that could not be read; they are not in <see cref="Items"/>.</summary>
    [JsonIgnore]
    public int Skipped { get; init; }
}

/// <summary><c>meta/v1 ListMeta</c>.</summary>
public sealed record ListMeta
{
    public string? ResourceVersion { get; init; }

    /// <summary>Token of the next page; null or empty on the last.</summary>
    public string? Continue { get; init; }

    public long? RemainingItemCount { get; init; }
}
