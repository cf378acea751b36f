// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary><c>v1 ContainerStatus</c>.</summary>
public sealed record ContainerStatus
{
    public string? Name { get; init; }

    public string? Image { get; init; }

    public bool? Ready { get; init; }

    public bool? Started { get; init; }

    public int? RestartCount { get; init; }

    public ContainerState? State { get; init; }

    /// <summary>How the container ended before its last restart.</summary>
    public ContainerState? LastState { get; init; }
}

/// <summary><c>v1 ContainerState</c>: at most one of the three is set; none means waiting.</summary>
public sealed record ContainerState
{
    public ContainerStateWaiting? Waiting { get; init; }

    public ContainerStateRunning? Running { get; init; }

    public ContainerStateTerminated? Terminated { get; init; }
}

/// <summary>Not running yet, or not any more and about to be restarted.</summary>
public sealed record ContainerStateWaiting
{
    /// <summary>CamelCase word, e.g. <c>ImagePullBackOff</c>, <c>CrashLoopBackOff</c>, <c>ContainerCreating</c>.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }
}

/// <summary>Running.</summary>
public sealed record ContainerStateRunning
{
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>Ended.</summary>
public sealed record ContainerStateTerminated
{
    public int? ExitCode { get; init; }

    public int? Signal { get; init; }

    /// <summary>CamelCase word, e.g. <c>OOMKilled</c>, <c>Error</c>, <c>Completed</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>What the container wrote to its termination log, or the end of its log.</summary>
    public string? Message { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
