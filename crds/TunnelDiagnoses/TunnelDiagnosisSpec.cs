// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.TunnelDiagnoses;

/// <summary>What to look at, and when. An empty spec looks once at all WireGuard devices of all nodes.</summary>
[CelRule("!(has(self.schedule) && has(self.interval))", "schedule and interval exclude each other")]
[CelRule("!has(self.timeZone) || has(self.schedule)", "timeZone needs schedule")]
public sealed record TunnelDiagnosisSpec
{
    /// <summary>Nodes must carry all of these labels; empty selects every node.</summary>
    [MaxItems(32)]
    [MaxLength(63)]
    [Pattern("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")]
    public IReadOnlyDictionary<string, string>? NodeSelector { get; init; }

    /// <summary>Tolerations of the probe pods; when absent they tolerate every taint.</summary>
    [MaxItems(32)]
    public IReadOnlyList<Toleration>? Tolerations { get; init; }

    /// <summary>Which WireGuard devices to judge, by name.</summary>
    public GlobFilter? Interfaces { get; init; }

    /// <summary>Which finding codes to report.</summary>
    public CodeFilter? Codes { get; init; }

    /// <summary>Paths that somebody wants to know about: where a packet ends, and who stops it. At most 16.</summary>
    [MaxItems(16)]
    [ListMap("name")]
    public IReadOnlyList<PathSpec>? Paths { get; init; }

    /// <summary>Cron expression (minute hour day-of-month month day-of-week, or a word like @daily) of repeated runs.</summary>
    [MinLength(6)]
    [MaxLength(128)]
    [Pattern("^(@[a-z]+|[0-9A-Za-z*/,?-]+( +[0-9A-Za-z*/,?-]+){4})$")]
    public string? Schedule { get; init; }

    /// <summary>IANA time zone of schedule; UTC when absent.</summary>
    [MinLength(1)]
    [MaxLength(64)]
    [Pattern("^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$")]
    public string? TimeZone { get; init; }

    /// <summary>Time between the starts of repeated runs, as a duration like 90s, 15m or 6h; at least 30s.</summary>
    [MinLength(2)]
    [MaxLength(16)]
    [Pattern("^([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,5}s)?$")]
    [CelRule("duration(self) >= duration('30s')", "interval must be at least 30s")]
    public string? Interval { get; init; }

    /// <summary>No new run starts while this is true; a run that is under way ends.</summary>
    [DefaultJson("false")]
    public bool? Suspend { get; init; }

    /// <summary>How long each probe watches the counters, in seconds. A lost handshake is repeated every 5 seconds, so less than 6 sees little.</summary>
    [Bounds(2, 120)]
    [DefaultJson("8")]
    public int? ObservationSeconds { get; init; }

    /// <summary>A run ends this many seconds after its start, with what has been reported until then.</summary>
    [Bounds(10, 3600)]
    [DefaultJson("120")]
    public int? DeadlineSeconds { get; init; }

    /// <summary>A diagnosis of one run is deleted this many seconds after it is complete; absent keeps it.</summary>
    [Bounds(0, 31536000)]
    public int? TtlSecondsAfterFinished { get; init; }

    /// <summary>How many earlier runs status.history keeps.</summary>
    [Bounds(0, 20)]
    [DefaultJson("5")]
    public int? HistoryLimit { get; init; }

    /// <summary>Limits that decide what counts as a fault.</summary>
    public ThresholdsSpec? Thresholds { get; init; }
}

/// <summary>Names to include and to exclude; * and ? are wildcards.</summary>
public sealed record GlobFilter
{
    /// <summary>Absent or empty includes all.</summary>
    [MaxItems(32)]
    [MinLength(1)]
    [MaxLength(64)]
    [Pattern("^[A-Za-z0-9_.:@*?=-]+$")]
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Wins over include.</summary>
    [MaxItems(32)]
    [MinLength(1)]
    [MaxLength(64)]
    [Pattern("^[A-Za-z0-9_.:@*?=-]+$")]
    public IReadOnlyList<string>? Exclude { get; init; }
}

/// <summary>Finding codes to include and to exclude.</summary>
public sealed record CodeFilter
{
    /// <summary>Absent or empty includes all.</summary>
    [MaxItems(256)]
    [MaxLength(64)]
    [Pattern("^WG-[A-Z0-9-]+$")]
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>Wins over include.</summary>
    [MaxItems(256)]
    [MaxLength(64)]
    [Pattern("^WG-[A-Z0-9-]+$")]
    public IReadOnlyList<string>? Exclude { get; init; }
}

/// <summary>Limits that decide what counts as a fault.</summary>
public sealed record ThresholdsSpec
{
    /// <summary>Age in seconds from which a session that is used counts as dead. The protocol accepts no key pair older than 180 s.</summary>
    [Bounds(135, 86400)]
    [DefaultJson("180")]
    public int? HandshakeStaleSeconds { get; init; }
}

/// <summary>A toleration as in a pod.</summary>
[CelRule("(has(self.key) && size(self.key) > 0) || (has(self.operator) && self.operator == 'Exists')", "an empty key needs operator Exists")]
[CelRule("!(has(self.operator) && self.operator == 'Exists') || !has(self.value) || size(self.value) == 0", "operator Exists takes no value")]
public sealed record Toleration
{
    /// <summary>Taint key; empty with operator Exists tolerates all.</summary>
    [MaxLength(317)]
    public string? Key { get; init; }

    /// <summary>Equal when absent.</summary>
    public TolerationOperator? Operator { get; init; }

    /// <summary>Taint value for Equal.</summary>
    [MaxLength(63)]
    public string? Value { get; init; }

    /// <summary>Taint effect; absent tolerates all effects.</summary>
    public TaintEffect? Effect { get; init; }
}

/// <summary>How a toleration compares.</summary>
public enum TolerationOperator
{
    /// <summary>The taint's key is enough.</summary>
    Exists,

    /// <summary>Key and value must be the same.</summary>
    Equal,
}

/// <summary>Taint effects.</summary>
public enum TaintEffect
{
    /// <summary>Pods that do not tolerate it are not placed.</summary>
    NoSchedule,

    /// <summary>They are placed elsewhere if possible.</summary>
    PreferNoSchedule,

    /// <summary>They are not placed, and running ones are evicted.</summary>
    NoExecute,
}
