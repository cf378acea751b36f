// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Hands the facts of all nodes to the engine, with the limits that the spec sets. The same facts are judged once; and partial results may take a tenth of the
/// time, however many nodes there are: what one took decides when the next one is worth it.
/// </summary>
internal sealed class Correlation(TimeProvider time)
{
    private const int IdleShare = 9;

    private readonly ConcurrentDictionary<string, Judged> _last = new(StringComparer.Ordinal);

    /// <summary>How long a partial result of this run would come too early; null when it may come.</summary>
    public TimeSpan? Pause(string diagnosisUid, Run run) =>
        _last.TryGetValue(diagnosisUid, out var last) && last.Run == run.Id && last.NextAt - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : null;

    /// <summary>What the engine says about the nodes that have reported.</summary>
    /// <param name="diagnosis">What was asked for.</param>
    /// <param name="progress">What was reported.</param>
    /// <param name="nodes">All nodes of the cluster: what they publish is held against what was reported.</param>
    public DiagnosisReport Judge(TunnelDiagnosis diagnosis, RunProgress progress, IReadOnlyList<Node> nodes)
    {
        var uid = diagnosis.Metadata.Uid!;
        if (_last.TryGetValue(uid, out var last) && last.Run == progress.Run.Id && AreSame(last.Facts, progress.Facts))
            return last.Report;
        var start = time.GetTimestamp();
        var report = WithoutTunnels(Judge(diagnosis.Spec, progress, ClusterReading.Read(nodes, time.GetUtcNow())));
        var next = time.GetUtcNow() + (time.GetElapsedTime(start) * IdleShare);
        _last[uid] = new Judged(progress.Run.Id, progress.Facts, report, next);
        return report;
    }

    /// <summary>Lets go of a diagnosis that is gone or at rest.</summary>
    public void Forget(string diagnosisUid) => _last.TryRemove(diagnosisUid, out _);

    private static DiagnosisReport Judge(TunnelDiagnosisSpec? spec, RunProgress progress, ClusterFacts cluster)
    {
        var thresholds = new Thresholds();
        if (spec?.Thresholds?.HandshakeStaleSeconds is { } seconds)
            thresholds = thresholds with { HandshakeStale = TimeSpan.FromSeconds(seconds) };
        return DiagnosisEngine.Diagnose(new DiagnosisInput(progress.Facts, thresholds)
        {
            IncludeCodes = spec?.Codes?.Include ?? [],
            ExcludeCodes = spec?.Codes?.Exclude ?? [],
            Cluster = cluster,
            ClocksOff = progress.ClockOff.Select(clock => clock.Node).ToHashSet(StringComparer.Ordinal),
        });
    }

    // The status counts tunnels and names none but those of root causes: thousands of nodes have a hundred thousand, which are not kept.
    private static DiagnosisReport WithoutTunnels(DiagnosisReport report) => report with { Tunnels = [], Unlisted = report.Totals() };

    // An answer is parsed once, so equal facts are the same object.
    private static bool AreSame(IReadOnlyList<NodeFacts> one, IReadOnlyList<NodeFacts> other)
    {
        if (one.Count != other.Count)
            return false;
        for (var i = 0; i < one.Count; i++)
        {
            if (!ReferenceEquals(one[i], other[i]))
                return false;
        }

        return true;
    }

    private sealed record Judged(string Run, IReadOnlyList<NodeFacts> Facts, DiagnosisReport Report, DateTimeOffset NextAt);
}
