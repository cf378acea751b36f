// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Conntrack;

/// <summary>Connection tracking of one network namespace: how full its table is and what it lost.</summary>
public sealed record ConntrackFact
{
    /// <summary>Entries in the table of this namespace, as the kernel counts them; unconfirmed ones included.</summary>
    public long? Entries { get; init; }

    /// <summary>Most entries a namespace may have (nf_conntrack_max, the same for all namespaces).</summary>
    public long? MaxEntries { get; init; }

    /// <summary>Buckets of the hash table that all namespaces share.</summary>
    public long? Buckets { get; init; }

    /// <summary>Settings by the name of their file under /proc/sys/net/netfilter, e.g. <c>nf_conntrack_tcp_loose</c>; timeouts in seconds. Those that the kernel does not have are left out.</summary>
    public IReadOnlyDictionary<string, long> Settings { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Counters of all CPUs together; null when they could not be read, see <see cref="StatisticsNotAvailable"/>.</summary>
    public ConntrackStatistics? Statistics { get; init; }

    /// <summary>The CPUs that counted anything; one that is left out has zeros only.</summary>
    public IReadOnlyList<ConntrackCpuStatistics> Cpus { get; init; } = [];

    /// <summary>Why there are no <see cref="Statistics"/>.</summary>
    public NotAvailable? StatisticsNotAvailable { get; init; }
}
