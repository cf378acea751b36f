// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>The control groups of one process.</summary>
/// <param name="Process">Name of the process (comm).</param>
/// <param name="ProcessId">Its id as the probe sees it.</param>
/// <param name="Probe">It is the probe itself.</param>
/// <param name="Levels">Its groups from the process upwards: the first one, and any further one with a limit or with throttled periods.</param>
/// <param name="NotAvailable">Why there are none; null when there are.</param>
public sealed record ProcessLimitsFact(
    string Process, int ProcessId, bool Probe, IReadOnlyList<CgroupFact> Levels, NotAvailable? NotAvailable = null);

/// <summary>One control group, of version 2, or its cpu and memory halves of version 1.</summary>
public sealed record CgroupFact
{
    /// <summary>Path below the root that the probe sees.</summary>
    public required string Path { get; init; }

    /// <summary>1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>CPU time in microseconds per period; null = no limit.</summary>
    public long? QuotaUs { get; init; }

    /// <summary>Length of a period in microseconds.</summary>
    public long? PeriodUs { get; init; }

    /// <summary>Periods with work.</summary>
    public Counter? Periods { get; init; }

    /// <summary>Periods in which the limit stopped the group.</summary>
    public Counter? Throttled { get; init; }

    /// <summary>Time it was stopped, in microseconds.</summary>
    public Counter? ThrottledUs { get; init; }

    /// <summary>Limit of memory in bytes; null = none.</summary>
    public ulong? MemoryMax { get; init; }

    /// <summary>Memory in use, in bytes.</summary>
    public ulong? MemoryCurrent { get; init; }

    /// <summary>Processes that the kernel killed because the limit was reached.</summary>
    public Counter? OomKills { get; init; }
}
