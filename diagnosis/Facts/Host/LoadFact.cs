// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>Load and memory (/proc/loadavg, /proc/meminfo).</summary>
public sealed record LoadFact
{
    /// <summary>Tasks that ran or waited for a CPU or a disk, on average over 1 minute.</summary>
    public required double Average1 { get; init; }

    /// <summary>Over 5 minutes.</summary>
    public required double Average5 { get; init; }

    /// <summary>Over 15 minutes.</summary>
    public required double Average15 { get; init; }

    /// <summary>Tasks there are; null when not said.</summary>
    public int? Tasks { get; init; }

    /// <summary>Memory of the machine in KiB; null when not said.</summary>
    public long? MemoryKb { get; init; }

    /// <summary>What programs could still get without swapping, in KiB; null on kernels before 3.14.</summary>
    public long? MemoryAvailableKb { get; init; }

    /// <summary>Swap in use, in KiB.</summary>
    public long? SwapUsedKb { get; init; }
}
