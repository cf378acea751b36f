// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>Who wants to know about an election. The callbacks are called on the elector's own thread and must be short.</summary>
public sealed record LeaderCallbacks
{
    /// <summary>This process leads now.</summary>
    public Action? StartedLeading { get; init; }

    /// <summary>This process does not lead any more, or never did: called once at the end of every election.</summary>
    public Action? StoppedLeading { get; init; }

    /// <summary>Another holder was seen, possibly this process; the text comes from the lease and is made fit for a log line.</summary>
    public Action<string>? NewLeader { get; init; }
}
