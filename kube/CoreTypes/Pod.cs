// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The part of a <c>v1 Pod</c> that this project reads.</summary>
public sealed record Pod : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }
}

/// <summary><c>v1 PodStatus</c>.</summary>
public sealed record PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; init; }

    /// <summary>CamelCase word of the kubelet, e.g. <c>Evicted</c>.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }

    [JsonPropertyName("hostIP")]
    public string? HostIp { get; init; }

    [JsonPropertyName("podIP")]
    public string? PodIp { get; init; }

    [JsonPropertyName("podIPs")]
    public IReadOnlyList<PodIp>? PodIps { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public IReadOnlyList<StatusCondition>? Conditions { get; init; }

    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; init; }

    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }
}

/// <summary><c>v1 PodIP</c>.</summary>
public sealed record PodIp
{
    public string? Ip { get; init; }
}
