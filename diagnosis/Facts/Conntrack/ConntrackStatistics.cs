// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Conntrack;

/// <summary>
/// Counters of connection tracking (CTA_STATS_*, linux/netfilter/nfnetlink_conntrack.h). The kernel counts in 32 bits for each CPU.
/// A counter that this kernel does not send is null.
/// </summary>
public sealed record ConntrackStatistics
{
    /// <summary>Lookups that found an entry; recent kernels count only those outside the fast path.</summary>
    public Counter? Found { get; init; }

    /// <summary>Packets that cannot be tracked, or do not fit the state of their flow.</summary>
    public Counter? Invalid { get; init; }

    /// <summary>Entries that were put in by hand or by a helper.</summary>
    public Counter? Insert { get; init; }

    /// <summary>Entries that could not be put in because an equal one was there: the packet was dropped.</summary>
    public Counter? InsertFailed { get; init; }

    /// <summary>Packets dropped because no entry could be made: the table was full, or memory short.</summary>
    public Counter? Drop { get; init; }

    /// <summary>Entries thrown out before their time to make room: the table is too small.</summary>
    public Counter? EarlyDrop { get; init; }

    /// <summary>Broken packets, ICMP errors mostly.</summary>
    public Counter? Error { get; init; }

    /// <summary>Lookups begun again because the table was changed under them.</summary>
    public Counter? SearchRestart { get; init; }

    /// <summary>Races of two packets of one new flow that ended well.</summary>
    public Counter? ClashResolve { get; init; }

    /// <summary>Entries refused because their bucket's chain was too long.</summary>
    public Counter? ChainTooLong { get; init; }
}

/// <summary>The counters of one CPU.</summary>
/// <param name="Cpu">Number of the CPU.</param>
/// <param name="Statistics">What it counted.</param>
public sealed record ConntrackCpuStatistics(int Cpu, ConntrackStatistics Statistics);
