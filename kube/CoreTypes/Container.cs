// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The part of a <c>v1 Container</c> that this project reads and writes.</summary>
public sealed record Container
{
    public required string Name { get; init; }

    public string? Image { get; init; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>Replaces the image's entry point.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<EnvVar>? Env { get; init; }

    public IReadOnlyList<ContainerPort>? Ports { get; init; }

    public ResourceRequirements? Resources { get; init; }

    public SecurityContext? SecurityContext { get; init; }

    public IReadOnlyList<VolumeMount>? VolumeMounts { get; init; }

    /// <summary>File in the container whose text the kubelet puts into the pod's status when it ends; null = /dev/termination-log.</summary>
    public string? TerminationMessagePath { get; init; }

    /// <summary><c>File</c> (default) or <c>FallbackToLogsOnError</c>.</summary>
    public string? TerminationMessagePolicy { get; init; }
}

/// <summary><c>v1 EnvVar</c>: a value or a source of one.</summary>
public sealed record EnvVar
{
    public required string Name { get; init; }

    public string? Value { get; init; }

    public EnvVarSource? ValueFrom { get; init; }
}

/// <summary><c>v1 EnvVarSource</c>; other sources than a field of the pod are not modelled.</summary>
public sealed record EnvVarSource
{
    public ObjectFieldSelector? FieldRef { get; init; }
}

/// <summary>A field of the pod, e.g. <c>spec.nodeName</c> or <c>metadata.labels['key']</c>.</summary>
public sealed record ObjectFieldSelector
{
    public required string FieldPath { get; init; }
}

/// <summary><c>v1 ContainerPort</c>. On the host network the number is a port of the node.</summary>
public sealed record ContainerPort
{
    public string? Name { get; init; }

    /// <summary>1..65535.</summary>
    [JsonPropertyName("containerPort")]
    public required int Number { get; init; }

    public string? Protocol { get; init; }
}

/// <summary><c>v1 ResourceRequirements</c>: resource name to quantity (<c>20m</c>, <c>64Mi</c>).</summary>
public sealed record ResourceRequirements
{
    public IReadOnlyDictionary<string, string>? Requests { get; init; }

    public IReadOnlyDictionary<string, string>? Limits { get; init; }
}
