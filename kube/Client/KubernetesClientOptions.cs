// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Client;

/// <summary>Limits and hooks of a <see cref="KubernetesClient"/>; the defaults suit an operator and a probe.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>
    /// Longest time of one call (one page of a list), retries and body included; for a watch, until its headers arrive.
    /// The server ends its own requests after 60 s.
    /// </summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(65);

    /// <summary>How often a call is sent again at most; client-go's limit is 10.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>How long a server's Retry-After is obeyed at most.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest body of an answer that is one object, in bytes.</summary>
    public long MaxBodyBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Largest body of one page of a list, in bytes. It is read object by object, so this bounds time, not memory; a list from a
    /// version comes as one page however many objects there are.
    /// </summary>
    public long MaxListBytes { get; init; } = 4L << 30;

    /// <summary>Largest frame of a watch and largest object of a list, in bytes; etcd holds 1.5 MiB an object, JSON can be larger than what is stored.</summary>
    public int MaxWatchLineBytes { get; init; } = 8 << 20;

    /// <summary>How much longer than its own time-out a watch may last before it is cut.</summary>
    public TimeSpan WatchGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Numbers in [0, 1) that spread retries.</summary>
    public Func<double> Jitter { get; init; } = SystemJitter.Next;

    public string UserAgent { get; init; } = "KubeWgDiag.Kube";

    /// <summary>Counts requests; null = nobody counts.</summary>
    public ClientMetrics? Metrics { get; init; }

    public KubeLog? Log { get; init; }
}
