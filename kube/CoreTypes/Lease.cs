// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary><c>coordination.k8s.io/v1 Lease</c>.</summary>
public sealed record Lease : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public LeaseSpec? Spec { get; init; }
}

/// <summary><c>coordination.k8s.io/v1 LeaseSpec</c>.</summary>
public sealed record LeaseSpec
{
    /// <summary>Empty or null = nobody holds it.</summary>
    public string? HolderIdentity { get; init; }

    /// <summary>At least 1. Counted from the moment at which the reader saw the record change, never from its clock fields.</summary>
    public int? LeaseDurationSeconds { get; init; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; init; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; init; }

    /// <summary>How often the holder changed.</summary>
    public int? LeaseTransitions { get; init; }
}
