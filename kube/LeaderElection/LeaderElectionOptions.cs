// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>Which lease is fought for, by whom, and how patiently; the times are those that Kubernetes' own controllers use.</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>How much longer than the retry period the renew deadline has to be: the waits of candidates are stretched by up to this much.</summary>
    internal const double JitterFactor = 1.2;

    /// <summary>Namespace of the lease.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the lease; candidates for the same work use the same name.</summary>
    public required string Name { get; init; }

    /// <summary>Names this process and no other one, also after a restart: <see cref="LeaderIdentity"/> makes it.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait after the last renewal that they saw before they take over. Whole seconds, at least 1 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a leader goes on without a renewal that succeeded; shorter than <see cref="LeaseDuration"/>, so that it ends before another begins.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two tries.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How much longer than <see cref="LeaseDuration"/> a lease may stay without renewal before the process counts as unhealthy.</summary>
    public TimeSpan HealthTolerance { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What is wrong with these options; empty when nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Namespace.Length == 0 || Name.Length == 0 || Identity.Length == 0) faults.Add("the lease and the candidate need names");
        if (RetryPeriod <= TimeSpan.Zero) faults.Add("the retry period has to be longer than nothing");
        if (RenewDeadline <= RetryPeriod * JitterFactor) faults.Add($"the renew deadline has to be longer than {JitterFactor} retry periods");
        if (LeaseDuration <= RenewDeadline) faults.Add("the lease has to last longer than the renew deadline");
        if (LeaseDuration < TimeSpan.FromSeconds(1) || LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0) faults.Add("the lease lasts whole seconds, at least one");
        if (LeaseDuration.TotalSeconds > int.MaxValue) faults.Add("the lease is longer than the API can say");
        if (HealthTolerance < TimeSpan.Zero) faults.Add("the tolerance cannot be less than nothing");
        return faults;
    }
}
