// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The part of a <c>v1 PodSpec</c> that this project reads and writes; null = left to the server's default.</summary>
public sealed record PodSpec
{
    /// <summary>Set once the pod has its node.</summary>
    public string? NodeName { get; init; }

    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    public IReadOnlyList<Toleration>? Tolerations { get; init; }

    /// <summary>Where a pod of a DaemonSet names its node before it is bound to it.</summary>
    public Affinity? Affinity { get; init; }

    public string? ServiceAccountName { get; init; }

    public bool? AutomountServiceAccountToken { get; init; }

    public IReadOnlyList<LocalObjectReference>? ImagePullSecrets { get; init; }

    public string? PriorityClassName { get; init; }

    public bool? HostNetwork { get; init; }

    [JsonPropertyName("hostPID")]
    public bool? HostPid { get; init; }

    /// <summary><c>ClusterFirst</c>, <c>ClusterFirstWithHostNet</c>, <c>Default</c> or <c>None</c>.</summary>
    public string? DnsPolicy { get; init; }

    public bool? EnableServiceLinks { get; init; }

    /// <summary><c>Always</c> (the only one for a daemon set), <c>OnFailure</c> or <c>Never</c>.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>Seconds between SIGTERM and SIGKILL; 0 = at once.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    public PodSecurityContext? SecurityContext { get; init; }

    public IReadOnlyList<Container>? InitContainers { get; init; }

    public IReadOnlyList<Container>? Containers { get; init; }

    public IReadOnlyList<Volume>? Volumes { get; init; }
}

/// <summary><c>v1 Toleration</c>. <c>operator: Exists</c> without a key tolerates everything.</summary>
public sealed record Toleration
{
    public string? Key { get; init; }

    /// <summary><c>Exists</c> or <c>Equal</c> (the default).</summary>
    public string? Operator { get; init; }

    public string? Value { get; init; }

    /// <summary>Null = all effects.</summary>
    public string? Effect { get; init; }

    /// <summary>Only with <c>NoExecute</c>: seconds until eviction; null = never.</summary>
    public long? TolerationSeconds { get; init; }
}

/// <summary>A name in the same namespace.</summary>
public sealed record LocalObjectReference
{
    public required string Name { get; init; }
}
