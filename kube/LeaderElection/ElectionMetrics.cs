// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>Whether this process leads, under client-go's name.</summary>
public sealed class ElectionMetrics
{
    private readonly ConcurrentDictionary<string, Func<bool>> _elections = new(StringComparer.Ordinal);

    /// <summary>Creates the instrument.</summary>
    public ElectionMetrics(Meter meter) =>
        meter.CreateObservableGauge("leader_election_master_status", Observe, description: "1 while this process holds the lease, else 0.");

    /// <summary>Shows an election; 0 from the start.</summary>
    /// <param name="name">Name of the lease.</param>
    /// <param name="elector">The candidate.</param>
    public void Register(string name, LeaderElector elector) => _elections[name] = () => elector.IsLeader;

    private IEnumerable<Measurement<int>> Observe()
    {
        foreach ((string name, Func<bool> isLeader) in _elections)
            yield return new Measurement<int>(isLeader() ? 1 : 0, new KeyValuePair<string, object?>("name", name));
    }
}
