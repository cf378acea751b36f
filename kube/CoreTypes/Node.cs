// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The part of a <c>v1 Node</c> that this project reads.</summary>
public sealed record Node : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public NodeSpec? Spec { get; init; }

    public NodeStatus? Status { get; init; }
}

/// <summary><c>v1 NodeSpec</c>.</summary>
public sealed record NodeSpec
{
    /// <summary>First pod range; the same as the first of <see cref="PodCidrs"/>.</summary>
    [JsonPropertyName("podCIDR")]
    public string? PodCidr { get; init; }

    /// <summary>Pod ranges of this node, at most one per address family; absent when the CNI keeps its own book.</summary>
    [JsonPropertyName("podCIDRs")]
    public IReadOnlyList<string>? PodCidrs { get; init; }

    /// <summary>Cordoned.</summary>
    public bool? Unschedulable { get; init; }

    public IReadOnlyList<Taint>? Taints { get; init; }
}

/// <summary><c>v1 Taint</c>.</summary>
public sealed record Taint
{
    public string? Key { get; init; }

    public string? Value { get; init; }

    /// <summary><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</summary>
    public string? Effect { get; init; }
}

/// <summary><c>v1 NodeStatus</c>.</summary>
public sealed record NodeStatus
{
    public IReadOnlyList<StatusCondition>? Conditions { get; init; }

    public IReadOnlyList<NodeAddress>? Addresses { get; init; }

    public NodeInfo? NodeInfo { get; init; }
}

/// <summary><c>v1 NodeAddress</c>.</summary>
public sealed record NodeAddress
{
    /// <summary><c>InternalIP</c>, <c>ExternalIP</c>, <c>Hostname</c>, <c>InternalDNS</c> or <c>ExternalDNS</c>.</summary>
    public string? Type { get; init; }

    public string? Address { get; init; }
}

/// <summary><c>v1 NodeSystemInfo</c>.</summary>
public sealed record NodeInfo
{
    public string? KernelVersion { get; init; }

    public string? OsImage { get; init; }

    public string? OperatingSystem { get; init; }

    public string? Architecture { get; init; }

    public string? ContainerRuntimeVersion { get; init; }

    public string? KubeletVersion { get; init; }
}
