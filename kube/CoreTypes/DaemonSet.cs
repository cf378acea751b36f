// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The part of an <c>apps/v1 DaemonSet</c> that this project reads and writes.</summary>
public sealed record DaemonSet : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public DaemonSetSpec? Spec { get; init; }

    /// <summary>Written by the server; null in what is applied.</summary>
    public DaemonSetStatus? Status { get; init; }
}

/// <summary><c>apps/v1 DaemonSetSpec</c>.</summary>
public sealed record DaemonSetSpec
{
    /// <summary>Immutable; has to match the template's labels.</summary>
    public required LabelSelector Selector { get; init; }

    public required PodTemplate Template { get; init; }

    public DaemonSetUpdateStrategy? UpdateStrategy { get; init; }

    /// <summary>Seconds a new pod has to be ready before it counts as available.</summary>
    public int? MinReadySeconds { get; init; }

    public int? RevisionHistoryLimit { get; init; }
}

/// <summary><c>v1 PodTemplateSpec</c>.</summary>
public sealed record PodTemplate
{
    /// <summary>Labels and annotations of the pods.</summary>
    public required ObjectMeta Metadata { get; init; }

    public required PodSpec Spec { get; init; }
}

/// <summary><c>apps/v1 DaemonSetUpdateStrategy</c>.</summary>
public sealed record DaemonSetUpdateStrategy
{
    /// <summary><c>RollingUpdate</c> (default) or <c>OnDelete</c>.</summary>
    public string? Type { get; init; }

    public RollingUpdateDaemonSet? RollingUpdate { get; init; }
}

/// <summary><c>apps/v1 RollingUpdateDaemonSet</c>: a number or a percentage each; not both may be zero.</summary>
public sealed record RollingUpdateDaemonSet
{
    public IntOrString? MaxUnavailable { get; init; }

    public IntOrString? MaxSurge { get; init; }
}

/// <summary><c>apps/v1 DaemonSetStatus</c>: numbers of nodes.</summary>
public sealed record DaemonSetStatus
{
    /// <summary>The generation that these numbers belong to; older than metadata.generation = not looked at yet.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Nodes that should run the pod.</summary>
    public int DesiredNumberScheduled { get; init; }

    /// <summary>Nodes that should and do run at least one.</summary>
    public int CurrentNumberScheduled { get; init; }

    /// <summary>Nodes that run it but should not.</summary>
    public int NumberMisscheduled { get; init; }

    public int NumberReady { get; init; }

    public int NumberAvailable { get; init; }

    public int NumberUnavailable { get; init; }

    /// <summary>Nodes that run the pod of the newest template.</summary>
    public int UpdatedNumberScheduled { get; init; }

    public IReadOnlyList<StatusCondition>? Conditions { get; init; }
}
