// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Operator.Metrics;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Tells the world about runs, by events and metrics, after the status is safely written. Best effort: nothing hangs on an event.</summary>
internal sealed partial class RunAnnouncer(IEventRecorder events, RunMetrics metrics, TimeProvider time, ILogger<RunAnnouncer> log)
{
    /// <summary>A run has begun.</summary>
    public void Started(TunnelDiagnosis diagnosis, Run run)
    {
        LogStarted(log, diagnosis.Metadata.Name, run.Id);
        events.Record(DiagnosisEvent.Started(diagnosis, run.Id));
    }

    /// <summary>A run is over.</summary>
    public void Ended(TunnelDiagnosis diagnosis, TunnelDiagnosisStatus status, RunProgress progress)
    {
        LogEnded(log, diagnosis.Metadata.Name, progress.Run.Id, progress.Facts.Count, progress.Nodes.Count, status.RootCauses is [var first, ..] ? first.Code : "none");
        var reason = ConditionSet.Find(status.Conditions, ConditionTypes.Complete)?.Reason ?? "";
        var refused = progress.NotReported.Count(node => node.Reason == Reasons.InvalidReport);
        metrics.RunEnded(time.GetUtcNow() - progress.Run.StartTime, reason, refused);
        foreach (var @event in DiagnosisEvent.Ended(diagnosis, status))
            events.Record(@event);
    }

    [LoggerMessage(Level = LogLevel.Information, EventId = 11, Message = "{Diagnosis}: run {Run} has begun")]
    private static partial void LogStarted(ILogger log, string? diagnosis, string run);

    [LoggerMessage(Level = LogLevel.Information, EventId = 12, Message = "{Diagnosis}: run {Run} is over, {Reported} of {Asked} nodes reported, first root cause: {RootCause}")]
    private static partial void LogEnded(ILogger log, string? diagnosis, string run, int reported, int asked, string rootCause);
}
