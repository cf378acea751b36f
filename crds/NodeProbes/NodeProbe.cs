// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds.Schema;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.NodeProbes;

/// <summary>One node's part of a run: the operator writes what to read, the probe on that node writes what it read.</summary>
[ResourceNames("nodeprobe", "nprobe")]
[PrinterColumn("Node", "string", ".spec.nodeName")]
[PrinterColumn("Run", "string", ".spec.run")]
[PrinterColumn("Phase", "string", ".status.phase")]
[PrinterColumn("Message", "string", ".status.message", Priority = 1)]
[PrinterColumn("Age", "date", ".metadata.creationTimestamp")]
[SelectableField(".spec.nodeName")]
public sealed record NodeProbe : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    /// <summary>What to read; written by the operator.</summary>
    [RequiredInSchema]
    public NodeProbeSpec? Spec { get; init; }

    /// <summary>What was read; written by the probe of that node alone.</summary>
    public NodeProbeStatus? Status { get; init; }
}

/// <summary>What to read; written by the operator.</summary>
public sealed record NodeProbeSpec
{
    /// <summary>Names that are shown and compared and have no need for more.</summary>
    internal const string Word = "^[A-Za-z0-9][A-Za-z0-9._-]*$";

    /// <summary>Name of the diagnosis that this belongs to.</summary>
    [MinLength(1)]
    [MaxLength(253)]
    [CelRule("self == oldSelf", "diagnosis is immutable")]
    public required string Diagnosis { get; init; }

    /// <summary>The node that has to answer.</summary>
    [MinLength(1)]
    [MaxLength(253)]
    [CelRule("self == oldSelf", "nodeName is immutable")]
    public required string NodeName { get; init; }

    /// <summary>The run that is asked for; a change asks anew.</summary>
    [MinLength(1)]
    [MaxLength(63)]
    [Pattern(Word)]
    public required string Run { get; init; }

    /// <summary>Which WireGuard devices to read, by name.</summary>
    public GlobFilter? Interfaces { get; init; }

    /// <summary>How long to watch the counters, in seconds.</summary>
    [Bounds(2, 120)]
    public required int ObservationSeconds { get; init; }

    /// <summary>Limits that decide what counts as a fault.</summary>
    public ThresholdsSpec? Thresholds { get; init; }

    /// <summary>Paths that may begin or end here; at most 32.</summary>
    [MaxItems(32)]
    public IReadOnlyList<ProbePath>? Paths { get; init; }
}

/// <summary>What was read; written by the probe of that node alone. Never larger than 256 KiB.</summary>
public sealed record NodeProbeStatus
{
    /// <summary>No control characters: the status is read on terminals (<c>kubectl get -o wide</c>), and a node that was taken over can write it.</summary>
    internal const string OneLine = @"^[^\x00-\x1f\x7f]*$";

    /// <summary>The run that this status answers.</summary>
    [MaxLength(63)]
    [Pattern(NodeProbeSpec.Word)]
    public string? Run { get; init; }

    /// <summary>Where the probe is.</summary>
    public NodeProbePhase? Phase { get; init; }

    /// <summary>When the probe started on this run.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it was done.</summary>
    public DateTimeOffset? CompletionTime { get; init; }

    /// <summary>Version of the probe program.</summary>
    [MaxLength(64)]
    [Pattern(OneLine)]
    public string? ProbeVersion { get; init; }

    /// <summary>The facts, in the format that facts.version names.</summary>
    [PreserveUnknownFields]
    public JsonElement? Facts { get; init; }

    /// <summary>What this node's facts alone show; at most 50.</summary>
    [MaxItems(50)]
    public IReadOnlyList<LocalFinding>? Findings { get; init; }

    /// <summary>What could not be looked at.</summary>
    [MaxItems(50)]
    public IReadOnlyList<CouldNotCheckStatus>? CouldNotCheck { get; init; }

    /// <summary>Why the probe failed; absent unless phase is Failed.</summary>
    [MaxLength(1024)]
    [Pattern(OneLine)]
    public string? Message { get; init; }
}

/// <summary>Where the probe is.</summary>
public enum NodeProbePhase
{
    /// <summary>Reading.</summary>
    Running,

    /// <summary>Done; the facts stand in the status.</summary>
    Complete,

    /// <summary>Could not read; message says why.</summary>
    Failed,
}

/// <summary>A finding from one node's facts alone.</summary>
public sealed record LocalFinding
{
    /// <summary>Stable code; its page is docs/findings.</summary>
    [MaxLength(64)]
    [Pattern(NodeProbeSpec.Word)]
    public required string Code { get; init; }

    /// <summary>How bad it is.</summary>
    public required SeverityStatus Severity { get; init; }

    /// <summary>0 to 100 percent.</summary>
    [Bounds(0, 100)]
    public required int ConfidencePercent { get; init; }

    /// <summary>One sentence: what, where.</summary>
    [MaxLength(1024)]
    [Pattern(NodeProbeStatus.OneLine)]
    public required string Message { get; init; }
}
