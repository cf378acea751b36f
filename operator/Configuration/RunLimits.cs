// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Configuration;

/// <summary>What keeps the runs of many diagnoses from being a load on the cluster that they look at. Decided by whoever installs the operator.</summary>
internal sealed record RunLimits
{
    /// <summary>Runs at a time. Each of them has a pod on every node that it asks.</summary>
    public int ConcurrentRuns { get; init; } = 10;

    /// <summary>Nodes asked at a time by all runs together. A run that asks more alone waits until nothing else runs.</summary>
    public int AskedNodes { get; init; } = 10_000;

    /// <summary>NodeProbes written each second by all runs together.</summary>
    public int AsksPerSecond { get; init; } = 500;

    /// <summary>
    /// Repeated runs start up to this much later than schedule or interval say, each diagnosis always by the same share of it, so that many that are due at the
    /// same second do not start together. Never more than a tenth of an interval. Whole seconds.
    /// </summary>
    public TimeSpan StartSpread { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A scheduled run that could not start in time is started late, but not later than this: a restart of the operator must not lose a nightly run, and an
    /// outage must not move it into the busy hours that its schedule avoids. An interval names no hour, so its late run always starts.
    /// </summary>
    public TimeSpan LatestStart { get; init; } = TimeSpan.FromHours(1);
}
