// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>The clock: WireGuard refuses handshakes whose time went back.</summary>
public sealed record ClockFact
{
    /// <summary>The kernel is told by somebody that the clock is right (STA_UNSYNC is not set and the state is not TIME_ERROR); null when adjtimex(2) is refused.</summary>
    public bool? Synchronised { get; init; }

    /// <summary>STA_* bits of adjtimex(2).</summary>
    public int? Status { get; init; }

    /// <summary>What is still to be slewed, in microseconds; no measure of how wrong the clock is.</summary>
    public double? OffsetUs { get; init; }

    /// <summary>Largest error in microseconds as the kernel grows it; 16 s and more means nobody corrects the clock.</summary>
    public long? MaxErrorUs { get; init; }

    /// <summary>Estimated error in microseconds.</summary>
    public long? EstimatedErrorUs { get; init; }

    /// <summary>Correction of the clock's rate in parts per million.</summary>
    public double? FrequencyPpm { get; init; }

    /// <summary>Microseconds a tick counts for; 10000 is normal.</summary>
    public long? TickUs { get; init; }

    /// <summary>TAI minus UTC in seconds; 0 = not set.</summary>
    public int? TaiOffset { get; init; }

    /// <summary>Clock source in use: <c>tsc</c>, <c>kvm-clock</c>, <c>arch_sys_counter</c>.</summary>
    public string? Source { get; init; }

    /// <summary>Clock sources to choose from.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>Programs that keep clocks right and run now, by name.</summary>
    public IReadOnlyList<string> Daemons { get; init; } = [];

    /// <summary>Seconds since boot, suspended time included (CLOCK_BOOTTIME).</summary>
    public double UptimeSeconds { get; init; }

    /// <summary>Seconds of that in suspend (CLOCK_BOOTTIME minus CLOCK_MONOTONIC).</summary>
    public double SuspendedSeconds { get; init; }

    /// <summary>Clock time minus uptime. Two readings that differ show that the clock was stepped.</summary>
    public DateTimeOffset BootTime { get; init; }
}
