// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// Decides from a diagnosis and the time what has to happen. Pure and without memory: all it knows of earlier runs stands in the status,
/// so an operator that restarts decides the same.
/// </summary>
internal static class RunPlanner
{
    private const int DefaultDeadlineSeconds = 120;

    /// <summary>The plan for this moment.</summary>
    public static RunPlan Decide(TunnelDiagnosis diagnosis, DateTimeOffset now)
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
        var due = isNewSpec ? null : status.NextRunTime;
        return timing switch
        {
            RunTiming.At cron when due is null => WaitFor(cron.Clock.Next(now)),
            RunTiming.Once => Start(diagnosis, null, now),
            _ when due is null || due <= now => Start(diagnosis, due, now),
            _ => WaitFor(due),
        };
    }

    /// <summary>When the run after this one is due; null when there is none.</summary>
    public static DateTimeOffset? NextRunAfter(TunnelDiagnosisSpec spec, Run run, DateTimeOffset now)
    {
        if (spec.Suspend == true)
            return null;
        return RunTiming.From(spec).Timing switch
        {
            RunTiming.Every every => run.StartTime + every.Interval,
            RunTiming.At cron => cron.Clock.Next(now),
            _ => null,
        };
    }

    private static (string Id, DateTimeOffset StartTime)? RunUnderWay(TunnelDiagnosisStatus status) =>
        status is { Run: { } id, StartTime: { } startTime, CompletionTime: null } ? (id, startTime) : null;

    private static RunPlan.Start Start(TunnelDiagnosis diagnosis, DateTimeOffset? due, DateTimeOffset now) =>
        new RunPlan.Start(RunOf(RunId.For(diagnosis, due), WholeSeconds(now), diagnosis.Spec ?? new()));

    private static RunPlan.Rest WaitFor(DateTimeOffset? next) => new RunPlan.Rest(false, next, next);

    private static RunPlan AfterTheOnlyRun(DateTimeOffset completion, TunnelDiagnosisSpec spec, bool suspended, DateTimeOffset now)
    {
        if (spec.TtlSecondsAfterFinished is not { } seconds)
            return new RunPlan.Rest(suspended, null, null);
        var end = completion + TimeSpan.FromSeconds(seconds);
        return end <= now ? new RunPlan.Expire() : new RunPlan.Rest(suspended, null, end);
    }

    private static Run RunOf(string id, DateTimeOffset startTime, TunnelDiagnosisSpec spec) =>
        new(id, startTime, startTime + TimeSpan.FromSeconds(spec.DeadlineSeconds ?? DefaultDeadlineSeconds));

    // metav1.Time has whole seconds; more would make a status that was read differ from the one that was written.
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
