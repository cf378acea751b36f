// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>Where one CPU's time went, in ticks of 1/100 s (USER_HZ).</summary>
public sealed record CpuTimeFact
{
    public required int Cpu { get; init; }

    /// <summary>Programs, niced ones and guests among them.</summary>
    public required Counter User { get; init; }

    public required Counter System { get; init; }

    /// <summary>Idle, waiting for disks among it.</summary>
    public required Counter Idle { get; init; }

    public required Counter Irq { get; init; }

    /// <summary>Softirqs: receiving, forwarding and much of the encryption of packets. ksoftirqd counts as system.</summary>
    public required Counter SoftIrq { get; init; }

    /// <summary>Time the hypervisor gave to others.</summary>
    public required Counter Steal { get; init; }

    /// <summary>NET_RX softirqs; null when /proc/softirqs could not be read.</summary>
    public Counter? NetRx { get; init; }

    /// <summary>NET_TX softirqs; null when /proc/softirqs could not be read.</summary>
    public Counter? NetTx { get; init; }

    /// <summary>Share of the window spent in softirqs, 0 to 1; null without a window.</summary>
    [JsonIgnore]
    public double? SoftIrqShare => ShareOf(SoftIrq);

    /// <summary>Share of the window that was not idle, 0 to 1; null without a window.</summary>
    [JsonIgnore]
    public double? BusyShare => ShareOf(Idle) is { } idle ? 1 - idle : null;

    /// <summary>Share of the window that the hypervisor gave to others, 0 to 1; null without a window.</summary>
    [JsonIgnore]
    public double? StealShare => ShareOf(Steal);

    // A CPU that was switched off or whose idle time went back (the kernel does that) has no growth there, and then no share is honest.
    private double? ShareOf(Counter part)
    {
        if (part.Growth is not { } grown || Total is not { } total || total == 0) return null;
        return (double)grown / total;
    }

    private ulong? Total => User.Growth + System.Growth + Idle.Growth + Irq.Growth + SoftIrq.Growth + Steal.Growth;
}
