// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Lets runs in as far as the limits allow, first come first served. Who runs and who waits stands in the statuses; in memory are only turns that were
/// given and are not in the cache yet. A diagnosis whose status cannot be written loses its turn for a while, so that it does not keep the others waiting.
/// </summary>
internal sealed class RunSlots(IClusterView cluster, RunPlanner planner, RunLimits limits, TimeProvider time)
{
    /// <summary>How long a turn is held for a run that is not in the cache, and how long one that could not use its turn is passed over.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Turn> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _passedOver = new(StringComparer.Ordinal);

    /// <summary>True when a run of this diagnosis may begin now; the turn is then held for it.</summary>
    /// <param name="diagnosis">The diagnosis whose run is due.</param>
    /// <param name="run">The run.</param>
    /// <param name="nodes">How many nodes it asks.</param>
    public bool TryTake(TunnelDiagnosis diagnosis, Run run, int nodes)
    {
        var uid = diagnosis.Metadata.Uid!;
        lock (_gate)
        {
            var others = cluster.Diagnoses().Where(other => other.Metadata.Uid != uid && other.Metadata.DeletionTimestamp is null).ToList();
            var now = time.GetUtcNow();
            ForgetOld(others, now);
            // A run that begins anew because its spec has changed keeps the place that it has.
            if (!RunPlanner.IsUnderWay(diagnosis.Status) && (IsBehind(diagnosis, others, now) || !HasRoom(uid, others, nodes)))
                return false;
            _given[uid] = new Turn(run.Id, nodes, now);
            return true;
        }
    }

    /// <summary>The turn could not be used.</summary>
    public void GiveBack(string diagnosisUid)
    {
        lock (_gate)
        {
            _given.Remove(diagnosisUid);
            _passedOver[diagnosisUid] = time.GetUtcNow() + Patience;
        }
    }

    /// <summary>Lets go of a diagnosis that is gone.</summary>
    public void Forget(string diagnosisUid)
    {
        lock (_gate)
        {
            _given.Remove(diagnosisUid);
            _passedOver.Remove(diagnosisUid);
        }
    }

    private bool HasRoom(string uid, List<TunnelDiagnosis> others, int nodes)
    {
        var running = others.Where(other => RunPlanner.IsUnderWay(other.Status)).ToDictionary(other => other.Metadata.Uid!, other => other.Status!.Nodes?.Desired ?? 0, StringComparer.Ordinal);
        foreach (var (other, turn) in _given.Where(given => given.Key != uid))
            running[other] = turn.Nodes;
        return running.Count == 0 || (running.Count < limits.ConcurrentRuns && running.Values.Sum(count => (long)count) + nodes <= limits.AskedNodes);
    }

    private bool IsBehind(TunnelDiagnosis diagnosis, List<TunnelDiagnosis> others, DateTimeOffset now)
    {
        // Who does not wait yet comes after all who do.
        var ahead = diagnosis.Status?.QueuedTime is null
            ? WaitingLine.Of(others)
            : WaitingLine.Of([diagnosis, .. others]).TakeWhile(other => other.Metadata.Uid != diagnosis.Metadata.Uid);
        return ahead.Any(other => !_passedOver.ContainsKey(other.Metadata.Uid!) && !_given.ContainsKey(other.Metadata.Uid!) && planner.Decide(other, now) is RunPlan.Start);
    }

    private void ForgetOld(List<TunnelDiagnosis> others, DateTimeOffset now)
    {
        // What the cache shows needs no memory any more, also when it is over already.
        foreach (var other in others)
        {
            if (_given.TryGetValue(other.Metadata.Uid!, out var turn) && other.Status?.Run == turn.Run)
                _given.Remove(other.Metadata.Uid!);
        }

        foreach (var uid in _given.Where(given => now - given.Value.At > Patience).Select(given => given.Key).ToList())
            _given.Remove(uid);
        foreach (var uid in _passedOver.Where(passed => passed.Value <= now).Select(passed => passed.Key).ToList())
            _passedOver.Remove(uid);
    }

    private sealed record Turn(string Run, int Nodes, DateTimeOffset At);
}
