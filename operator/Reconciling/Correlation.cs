// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Paths;
using KubeWgDiag.Operator.Reconciling.Networks;
using KubeWgDiag.Operator.Runs;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Hands the facts of all nodes to the engine, with the limits that the spec sets. The same facts are judged once; and partial results may take a tenth of the
/// time, however many nodes there are: what one took decides when the next one is worth it. A verdict that fails, be it for want of memory, is tried again with growing
/// waits; the run goes on for it until its deadline.
/// </summary>
internal sealed partial class Correlation(Func<DiagnosisInput, DiagnosisReport> engine, TimeProvider time, ILogger<Correlation> log)
{
    private const int IdleShare = 9;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private static readonly DiagnosisReport Nothing = new() { Tunnels = [], RootCauses = [], CouldNotCheck = [], Summary = "" };

    private readonly ConcurrentDictionary<string, Judged> _last = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Failure> _failures = new(StringComparer.Ordinal);

    /// <summary>How long a result of this run would come too early; null when it may come. A last result has to wait after a failure only.</summary>
    public TimeSpan? Pause(string diagnosisUid, Run run, bool isLast)
    {
        var next = _failures.TryGetValue(diagnosisUid, out var failure) && failure.Run == run.Id ? failure.NextAt
            : !isLast && _last.TryGetValue(diagnosisUid, out var last) && last.Run == run.Id ? last.NextAt
            : DateTimeOffset.MinValue;
        return next - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>What the engine says about the nodes that have reported, and null; or nothing, and when to try again.</summary>
    /// <param name="diagnosis">What was asked for.</param>
    /// <param name="progress">What was reported.</param>
    /// <param name="paths">The paths that were asked about.</param>
    /// <param name="nodes">All nodes of the cluster: what they publish is held against what was reported.</param>
    /// <param name="more">What resources of the pod network say of nodes besides.</param>
    public (DiagnosisReport Report, TimeSpan? Retry) Judge(
        TunnelDiagnosis diagnosis,
        RunProgress progress,
        ResolvedPaths paths,
        IReadOnlyList<Node> nodes,
        IReadOnlyDictionary<string, NodeSupplement>? more = null)
    {
        var uid = diagnosis.Metadata.Uid!;
        if (_last.TryGetValue(uid, out var last) && last.Run == progress.Run.Id && AreSame(last.Facts, progress.Facts))
            return (last.Report, null);
        var start = time.GetTimestamp();
        DiagnosisReport report;
        try
        {
            report = WithoutTunnels(Judge(diagnosis.Spec, progress, paths, ClusterReading.Read(nodes, time.GetUtcNow(), more)));
        }
        catch (Exception error)
        {
            // Whatever it is: what hostile facts or too many of them do to the engine must show in the status of this diagnosis, and stop no other.
            return (Nothing, Failed(uid, progress, error));
        }

        _failures.TryRemove(uid, out _);
        var next = time.GetUtcNow() + (time.GetElapsedTime(start) * IdleShare);
        _last[uid] = new Judged(progress.Run.Id, progress.Facts, report, next);
        return (report, null);
    }

    /// <summary>Lets go of a diagnosis that is gone or at rest.</summary>
    public void Forget(string diagnosisUid)
    {
        _last.TryRemove(diagnosisUid, out _);
        _failures.TryRemove(diagnosisUid, out _);
    }

    private TimeSpan Failed(string uid, RunProgress progress, Exception error)
    {
        var before = _failures.TryGetValue(uid, out var failure) && failure.Run == progress.Run.Id ? failure.Wait : TimeSpan.Zero;
        var wait = before == TimeSpan.Zero ? FirstRetry : before * 2 < LongestRetry ? before * 2 : LongestRetry;
        _failures[uid] = new Failure(progress.Run.Id, wait, time.GetUtcNow() + wait);
        LogFailed(log, error, progress.Run.Id, progress.Facts.Count);
        return wait;
    }

    private DiagnosisReport Judge(TunnelDiagnosisSpec? spec, RunProgress progress, ResolvedPaths paths, ClusterFacts cluster)
    {
        var thresholds = new Thresholds();
        if (spec?.Thresholds?.HandshakeStaleSeconds is { } seconds)
            thresholds = thresholds with { HandshakeStale = TimeSpan.FromSeconds(seconds) };
        return engine(new DiagnosisInput(progress.Facts, thresholds)
        {
            IncludeCodes = spec?.Codes?.Include ?? [],
            ExcludeCodes = spec?.Codes?.Exclude ?? [],
            Cluster = cluster,
            Paths = paths.Asked,
            BrokenTunnelsOnly = true,
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

    [LoggerMessage(Level = LogLevel.Error, EventId = 21, Message = "Run {Run}: the verdict on {Nodes} nodes failed")]
    private static partial void LogFailed(ILogger log, Exception error, string run, int nodes);

    private sealed record Failure(string Run, TimeSpan Wait, DateTimeOffset NextAt);

    private sealed record Judged(string Run, IReadOnlyList<NodeFacts> Facts, DiagnosisReport Report, DateTimeOffset NextAt);
}
