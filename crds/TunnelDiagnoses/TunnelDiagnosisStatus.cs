// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Schema;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>What was found. Bounded: nothing in it grows with the square of the nodes.</summary>
public sealed record TunnelDiagnosisStatus
{
    /// <summary>The metadata.generation that this status speaks of.</summary>
    [Bounds(0, long.MaxValue)]
    public long? ObservedGeneration { get; init; }

    /// <summary>Where the current run is.</summary>
    public DiagnosisPhase? Phase { get; init; }

    /// <summary>Accepted, ProbesReady, Complete, TunnelsHealthy.</summary>
    [MaxItems(16)]
    [ListMap("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }

    /// <summary>Id of the current or last run.</summary>
    [MaxLength(63)]
    public string? Run { get; init; }

    /// <summary>When the run started.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When the run ended.</summary>
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>When the next run starts, for repeated ones.</summary>
    public DateTimeOffset? NextRunTime { get; init; }

    /// <summary>Since when a run that is due waits because the operator's limits let no more in; absent when none waits. The one that waits longest is next.</summary>
    public DateTimeOffset? QueuedTime { get; init; }

    /// <summary>Repeated runs of this spec that did not take place, because the operator was away or others went first; at most 1000 are counted for one absence.</summary>
    [Bounds(0, int.MaxValue)]
    public int? MissedRuns { get; init; }

    /// <summary>How many nodes were asked and have answered.</summary>
    public NodeCounts? Nodes { get; init; }

    /// <summary>Directed tunnels by state.</summary>
    public TunnelCounts? Tunnels { get; init; }

    /// <summary>Ranked; the first is the one to mend first.</summary>
    [MaxItems(20)]
    public IReadOnlyList<RootCauseStatus>? RootCauses { get; init; }

    /// <summary>What becomes of the paths that were asked about, in both directions.</summary>
    [MaxItems(32)]
    public IReadOnlyList<PathStatus>? Paths { get; init; }

    /// <summary>What could not be looked at; silence about it is not health.</summary>
    [MaxItems(50)]
    public IReadOnlyList<CouldNotCheckStatus>? CouldNotCheck { get; init; }

    /// <summary>One sentence: who, what, where, which command.</summary>
    [MaxLength(1024)]
    public string? Summary { get; init; }

    /// <summary>Earlier runs, newest first.</summary>
    [MaxItems(20)]
    public IReadOnlyList<RunRecord>? History { get; init; }
}

/// <summary>Where a run is.</summary>
public enum DiagnosisPhase
{
    /// <summary>Accepted, nothing started.</summary>
    Pending,

    /// <summary>Probes run.</summary>
    Running,

    /// <summary>The run is over and its result stands here.</summary>
    Complete,

    /// <summary>Suspended by the spec.</summary>
    Suspended,

    /// <summary>The spec cannot be carried out; the Accepted condition says why.</summary>
    Failed,
}

/// <summary>How many nodes were asked and have answered.</summary>
public sealed record NodeCounts
{
    /// <summary>Nodes that the selector matches.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Desired { get; init; }

    /// <summary>Nodes that have reported in this run.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Reported { get; init; }

    /// <summary>reported/desired, for people.</summary>
    [MaxLength(32)]
    public required string Progress { get; init; }

    /// <summary>Nodes without a report and why; at most 50 are listed.</summary>
    [MaxItems(50)]
    [ListMap("node")]
    public IReadOnlyList<NotReportedNode>? NotReported { get; init; }

    /// <summary>Nodes whose clock is off; what they report is used, without comparing their times with those of others. At most 50 are listed.</summary>
    [MaxItems(50)]
    [ListMap("node")]
    public IReadOnlyList<NodeClock>? ClockOff { get; init; }
}

/// <summary>A node whose clock disagrees with the operator's.</summary>
public sealed record NodeClock
{
    /// <summary>Name of the node.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>How far the node's clock is ahead (or, below zero, behind) at least, in seconds.</summary>
    [Bounds(int.MinValue, int.MaxValue)]
    public required int OffsetSeconds { get; init; }
}

/// <summary>A node that did not report.</summary>
public sealed record NotReportedNode
{
    /// <summary>Name of the node.</summary>
    [MaxLength(253)]
    public required string Node { get; init; }

    /// <summary>CamelCase word.</summary>
    [MaxLength(64)]
    public required string Reason { get; init; }

    /// <summary>What stands in the way, for people.</summary>
    [MaxLength(1024)]
    public required string Message { get; init; }
}

/// <summary>Directed tunnels by state.</summary>
public sealed record TunnelCounts
{
    /// <summary>All directed tunnels, the sum of the states.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Total { get; init; }

    /// <summary>Valid session, and nothing speaks against it.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Healthy { get; init; }

    /// <summary>No session, and nobody wants to send: normal without keepalive.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Idle { get; init; }

    /// <summary>Works, but worse than it should.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Degraded { get; init; }

    /// <summary>Does not carry traffic.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Broken { get; init; }

    /// <summary>Not enough was read to say.</summary>
    [Bounds(0, int.MaxValue)]
    public required int Unknown { get; init; }
}

/// <summary>One earlier run.</summary>
public sealed record RunRecord
{
    /// <summary>Id of the run.</summary>
    [MaxLength(63)]
    public required string Run { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartTime { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset CompletionTime { get; init; }

    /// <summary>First root cause of that run; absent when there was none.</summary>
    [MaxLength(64)]
    public string? RootCause { get; init; }

    /// <summary>Its summary.</summary>
    [MaxLength(1024)]
    public required string Summary { get; init; }
}
