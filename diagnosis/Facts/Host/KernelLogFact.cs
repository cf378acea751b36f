// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>Lines of the kernel log that tell about tunnels and what can stop them.</summary>
public sealed record KernelLogFact
{
    /// <summary>The latest lines of each topic, oldest first.</summary>
    public required IReadOnlyList<KernelLogLine> Lines { get; init; }

    /// <summary>How many lines each topic has in the log, kept or not.</summary>
    public IReadOnlyDictionary<string, int> Topics { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Records that were looked at.</summary>
    public int Records { get; init; }

    /// <summary>Times that the kernel said records were overwritten while they were read (EPIPE).</summary>
    public int Overruns { get; init; }

    /// <summary>kernel.dmesg_restrict: only CAP_SYSLOG reads the log; null when it cannot be read.</summary>
    public bool? Restricted { get; init; }

    /// <summary>WireGuard's debug messages are switched on (dynamic debug); null when that cannot be read.</summary>
    public bool? WireGuardDebug { get; init; }
}

/// <summary>A line of the kernel log.</summary>
/// <param name="Sequence">Its number since boot.</param>
/// <param name="Level">0 emergency to 7 debug.</param>
/// <param name="At">When, on the node's clock of now: the log counts from boot, and suspended time and clock steps since then shift it.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Text">The line; what looks like a key is replaced, what does not print is escaped.</param>
public sealed record KernelLogLine(ulong Sequence, int Level, DateTimeOffset At, KernelLogTopic Topic, string Text);

/// <summary>What a line of the kernel log is about. To show lines, not to decide by: the words change between versions.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<KernelLogTopic>))]
public enum KernelLogTopic
{
    WireGuard,

    /// <summary>Connection tracking, its table being full above all.</summary>
    Conntrack,

    /// <summary>Neighbour tables.</summary>
    Neighbour,

    /// <summary>Routing: martians, route caches, redirects.</summary>
    Routing,

    /// <summary>Network devices and their drivers.</summary>
    Device,

    /// <summary>CPUs or tasks that are stuck.</summary>
    Lockup,

    /// <summary>Warnings, oopses and bugs of the kernel.</summary>
    Bug,

    /// <summary>Memory ran out.</summary>
    OutOfMemory,

    /// <summary>Loading modules, signatures, lockdown.</summary>
    Module,

    /// <summary>Clock sources and timekeeping.</summary>
    Clock,

    /// <summary>Suspend and resume.</summary>
    Suspend,
}
