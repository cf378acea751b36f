// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// Decides from a diagnosis and the time what has to happen. Pure and without memory: all it knows of earlier runs stands in the status,
/// so an operator that restarts decides the same.
/// </summary>
internal sealed class RunPlanner(RunLimits limits)
{
    private const int DefaultDeadlineSeconds = 120;

    /// <summary>The plan for this moment.</summary>
    public RunPlan Decide(TunnelDiagnosis diagnosis, DateTimeOffset now)
    {
        var spec = diagnosis.Spec ?? new();
        var status = diagnosis.Status ?? new();
        if (SpecCheck.FaultOf(spec) is { } fault)
            return new RunPlan.Reject(fault);
        var (timing, timingFault) = RunTiming.From(spec);
        if (timing is null)
            return new RunPlan.Reject(timingFault!);

        var suspended = spec.Suspend == true;
        if (RunUnderWay(status) is var (id, startTime))
        {
            if (RunId.Asks(id, spec))
                return new RunPlan.Continue(RunOf(id, startTime, spec));
            return suspended ? new RunPlan.Rest(true, null, null) : Start(diagnosis, null, now);
        }

        var isNewSpec = status.ObservedGeneration != diagnosis.Metadata.Generation;
        if (timing is RunTiming.Once && !isNewSpec && status.CompletionTime is { } completion)
            return AfterTheOnlyRun(completion, spec, suspended, now);
        if (suspended)
            return new RunPlan.Rest(true, null, null);
        // A next time that was computed from an older spec means nothing.
        return WhenDue(diagnosis, timing, isNewSpec ? null : status.NextRunTime, now);
    }

    /// <summary>When the run after this one starts; null when there is none.</summary>
    public DateTimeOffset? NextRunAfter(TunnelDiagnosis diagnosis, Run run, DateTimeOffset now)
    {
        var spec = diagnosis.Spec ?? new();
        if (spec.Suspend == true)
            return null;
        var starts = new StartTimes(diagnosis, limits);
        return RunTiming.From(spec).Timing switch
        {
            // A run that took longer than the interval is followed at once; nothing was missed by that.
            RunTiming.Every every => Later(starts.Next(every, run), WholeSeconds(now)),
            RunTiming.At cron => starts.Next(cron, now),
            _ => null,
        };
    }

    /// <summary>True while a run is on record and not over.</summary>
    public static bool IsUnderWay(TunnelDiagnosisStatus? status) => status is not null && RunUnderWay(status) is not null;

    private RunPlan WhenDue(TunnelDiagnosis diagnosis, RunTiming timing, DateTimeOffset? due, DateTimeOffset now)
    {
        var starts = new StartTimes(diagnosis, limits);
        if (due > now)
            return WaitFor(due);
        switch (timing, due)
        {
            case (RunTiming.At cron, null):
                return WaitFor(starts.Next(cron, now));
            case (_, null) or (RunTiming.Once, _):
                return Start(diagnosis, null, now);
            default:
                var overdue = starts.Look(timing, due!.Value, now);
                // Who waits in the queue was in time, and keeps the name of the run that it waits for.
                if (diagnosis.Status?.QueuedTime is not null)
                    return Start(diagnosis, due, now, overdue.Missed);
                if (timing is RunTiming.At schedule && now - overdue.Due > limits.LatestStart)
                    return WaitFor(starts.Next(schedule, now), overdue.Missed + 1);
                return Start(diagnosis, overdue.Due, now, overdue.Missed);
        }
    }

    private static (string Id, DateTimeOffset StartTime)? RunUnderWay(TunnelDiagnosisStatus status) =>
        status is { Run: { } id, StartTime: { } startTime, CompletionTime: null } ? (id, startTime) : null;

    private static RunPlan.Start Start(TunnelDiagnosis diagnosis, DateTimeOffset? due, DateTimeOffset now, int missed = 0) =>
        new(RunOf(RunId.For(diagnosis, due), WholeSeconds(now), diagnosis.Spec ?? new()), missed);

    private static RunPlan.Rest WaitFor(DateTimeOffset? next, int missed = 0) => new(false, next, next, missed);

    private static RunPlan AfterTheOnlyRun(DateTimeOffset completion, TunnelDiagnosisSpec spec, bool suspended, DateTimeOffset now)
    {
        if (spec.TtlSecondsAfterFinished is not { } seconds)
            return new RunPlan.Rest(suspended, null, null);
        var end = completion + TimeSpan.FromSeconds(seconds);
        return end <= now ? new RunPlan.Expire() : new RunPlan.Rest(suspended, null, end);
    }

    private static Run RunOf(string id, DateTimeOffset startTime, TunnelDiagnosisSpec spec) =>
        new(id, startTime, startTime + TimeSpan.FromSeconds(spec.DeadlineSeconds ?? DefaultDeadlineSeconds));

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    // metav1.Time has whole seconds; more would make a status that was read differ from the one that was written.
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
