// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Metrics;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Tells the world about runs, by events and metrics, after the status is safely written. Best effort: nothing hangs on an event.</summary>
internal sealed partial class RunAnnouncer(IKubernetesClient client, RunMetrics metrics, TimeProvider time, ILogger<RunAnnouncer> log)
{
    /// <summary>A run has begun.</summary>
    public Task StartedAsync(TunnelDiagnosis diagnosis, Run run, CancellationToken ct)
    {
        LogStarted(log, diagnosis.Metadata.Name, run.Id);
        return SendAsync([DiagnosisEvent.Started(diagnosis, run.Id, time.GetUtcNow())], ct);
    }

    /// <summary>A run is over.</summary>
    public Task EndedAsync(TunnelDiagnosis diagnosis, TunnelDiagnosisStatus status, RunProgress progress, CancellationToken ct)
    {
        LogEnded(log, diagnosis.Metadata.Name, progress.Run.Id, progress.Facts.Count, progress.Nodes.Count, status.RootCauses is [var first, ..] ? first.Code : "none");
        var reason = ConditionSet.Find(status.Conditions, ConditionTypes.Complete)?.Reason ?? "";
        var refused = progress.NotReported.Count(node => node.Reason == Reasons.InvalidReport);
        metrics.RunEnded(time.GetUtcNow() - progress.Run.StartTime, reason, refused);
        return SendAsync(DiagnosisEvent.Ended(diagnosis, status, time.GetUtcNow()), ct);
    }

    private async Task SendAsync(IEnumerable<Event> events, CancellationToken ct)
    {
        foreach (var @event in events)
        {
            var sent = await client.CreateAsync(BuiltInTypes.Event, @event, ct);
            if (sent.IsSuccess || sent.Error.Kind == KubeErrorKind.AlreadyExists)
                continue;
            LogLostEvent(log, @event.Reason, sent.Error.Message);
            // The next one would meet the same fate.
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, EventId = 11, Message = "{Diagnosis}: run {Run} has begun")]
    private static partial void LogStarted(ILogger log, string? diagnosis, string run);

    [LoggerMessage(Level = LogLevel.Information, EventId = 12, Message = "{Diagnosis}: run {Run} is over, {Reported} of {Asked} nodes reported, first root cause: {RootCause}")]
    private static partial void LogEnded(ILogger log, string? diagnosis, string run, int reported, int asked, string rootCause);

    [LoggerMessage(Level = LogLevel.Debug, EventId = 13, Message = "event {Reason} is lost: {Message}")]
    private static partial void LogLostEvent(ILogger log, string? reason, string message);
}
