// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Operator.Tests.Runs;

public sealed class RunPlannerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    private static readonly RunPlanner Planner = new(new() { StartSpread = TimeSpan.Zero });

    private DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public void Decide_NewOneShot_Starts()
    {
        var run = Decide(Diagnosis(new() { DeadlineSeconds = 60 })).ShouldBeOfType<RunPlan.Start>().Run;

        run.StartTime.ShouldBe(Now);
        run.Deadline.ShouldBe(Now.AddSeconds(60));
        run.Id.Length.ShouldBeLessThanOrEqualTo(63);
    }

    [Fact]
    public void Decide_SameStateAgain_GivesTheSameRunId()
    {
        var diagnosis = Diagnosis(new() { Interval = "60s" });
        var first = Decide(diagnosis).ShouldBeOfType<RunPlan.Start>().Run.Id;
        _time.Advance(TimeSpan.FromSeconds(7));

        // The operator crashed before the status was written.
        Decide(diagnosis).ShouldBeOfType<RunPlan.Start>().Run.Id.ShouldBe(first);
    }

    [Fact]
    public void Decide_RunUnderWay_Continues()
    {
        var diagnosis = Started(Diagnosis(new()));
        _time.Advance(TimeSpan.FromHours(1));

        var run = Decide(diagnosis).ShouldBeOfType<RunPlan.Continue>().Run;

        run.Id.ShouldBe(diagnosis.Status!.Run);
        run.Deadline.ShouldBe(run.StartTime.AddSeconds(120));
    }

    [Fact]
    public void Decide_QuestionChangedMidRun_StartsAnew()
    {
        var diagnosis = Started(Diagnosis(new()));
        var changed = Change(diagnosis, diagnosis.Spec! with { ObservationSeconds = 20 });

        Decide(changed).ShouldBeOfType<RunPlan.Start>().Run.Id.ShouldNotBe(diagnosis.Status!.Run);
    }

    [Fact]
    public void Decide_SuspendedMidRun_LetsTheRunEnd()
    {
        var diagnosis = Started(Diagnosis(new()));

        Decide(Change(diagnosis, diagnosis.Spec! with { Suspend = true, TtlSecondsAfterFinished = 9, HistoryLimit = 1 })).ShouldBeOfType<RunPlan.Continue>();
    }

    [Fact]
    public void Decide_SuspendedAndQuestionChangedMidRun_GivesTheRunUp()
    {
        var diagnosis = Started(Diagnosis(new()));

        Decide(Change(diagnosis, new() { Suspend = true, ObservationSeconds = 20 })).ShouldBe(new RunPlan.Rest(true, null, null));
    }

    [Fact]
    public void Decide_FinishedOneShot_RestsUntilTheNextGeneration()
    {
        var diagnosis = Finished(Started(Diagnosis(new())));

        Decide(diagnosis).ShouldBe(new RunPlan.Rest(false, null, null));
        Decide(Change(diagnosis, new() { HistoryLimit = 1 })).ShouldBeOfType<RunPlan.Start>();
    }

    [Fact]
    public void Decide_FinishedOneShotWithTtl_WaitsAndExpires()
    {
        var diagnosis = Finished(Started(Diagnosis(new() { TtlSecondsAfterFinished = 30 })));

        Decide(diagnosis).ShouldBe(new RunPlan.Rest(false, null, Now.AddSeconds(30)));
        _time.Advance(TimeSpan.FromSeconds(30));
        Decide(diagnosis).ShouldBeOfType<RunPlan.Expire>();
    }

    [Fact]
    public void Decide_Interval_RunsFromStartToStart()
    {
        var diagnosis = Started(Diagnosis(new() { Interval = "60s" }));
        var start = Now;
        _time.Advance(TimeSpan.FromSeconds(10));
        diagnosis = Finished(diagnosis);

        diagnosis.Status!.NextRunTime.ShouldBe(start.AddSeconds(60));
        Decide(diagnosis).ShouldBe(new RunPlan.Rest(false, start.AddSeconds(60), start.AddSeconds(60)));
        _time.Advance(TimeSpan.FromSeconds(50));
        Decide(diagnosis).ShouldBeOfType<RunPlan.Start>().Run.Id.ShouldNotBe(diagnosis.Status.Run);
    }

    [Fact]
    public void Decide_MissedIntervals_AreOneRun()
    {
        var diagnosis = Finished(Started(Diagnosis(new() { Interval = "60s" })));
        _time.Advance(TimeSpan.FromHours(5));

        diagnosis = Finished(Started(diagnosis));

        diagnosis.Status!.NextRunTime.ShouldBe(Now.AddSeconds(60));
    }

    [Fact]
    public void Decide_Schedule_WaitsForItsTimeAndRuns()
    {
        var diagnosis = Diagnosis(new() { Schedule = "30 12 * * *" });
        var due = Now.AddMinutes(30);
        Decide(diagnosis).ShouldBe(new RunPlan.Rest(false, due, due));
        diagnosis = diagnosis with { Status = new() { ObservedGeneration = 1, NextRunTime = due } };
        Decide(diagnosis).ShouldBe(new RunPlan.Rest(false, due, due));

        _time.Advance(TimeSpan.FromMinutes(31));

        Decide(diagnosis).ShouldBeOfType<RunPlan.Start>();
        Finished(Started(diagnosis)).Status!.NextRunTime.ShouldBe(due.AddDays(1));
    }

    [Fact]
    public void Decide_NewSchedule_ForgetsTheOldTime()
    {
        var diagnosis = Diagnosis(new() { Schedule = "0 13 * * *" }) with { Status = new() { ObservedGeneration = 1, NextRunTime = Now.AddMinutes(-5) } };

        Decide(Change(diagnosis, diagnosis.Spec!)).ShouldBe(new RunPlan.Rest(false, Now.AddHours(1), Now.AddHours(1)));
    }

    [Fact]
    public void Decide_Suspended_StartsNothing() =>
        Decide(Diagnosis(new() { Suspend = true, Interval = "60s" })).ShouldBe(new RunPlan.Rest(true, null, null));

    [Theory]
    [InlineData("60", null, null, Reasons.InvalidInterval)]
    [InlineData("29s", null, null, Reasons.InvalidInterval)]
    [InlineData(null, "61 * * * *", null, Reasons.InvalidSchedule)]
    [InlineData(null, "0 0 30 2 *", null, Reasons.InvalidSchedule)]
    [InlineData(null, "* * * * *", "Mars/Olympus", Reasons.UnknownTimeZone)]
    [InlineData("60s", "* * * * *", null, Reasons.InvalidSchedule)]
    public void Decide_WrongTiming_IsRejected(string? interval, string? schedule, string? zone, string reason) =>
        Decide(Diagnosis(new() { Interval = interval, Schedule = schedule, TimeZone = zone }))
            .ShouldBeOfType<RunPlan.Reject>().Fault.Reason.ShouldBe(reason);

    [Fact]
    public void Decide_WrongLabels_AreRejected()
    {
        Decide(Diagnosis(new() { NodeSelector = new Dictionary<string, string> { ["a b"] = "c" } }))
            .ShouldBeOfType<RunPlan.Reject>().Fault.Reason.ShouldBe(Reasons.InvalidNodeSelector);
        Decide(Diagnosis(new() { Tolerations = [new Toleration { Operator = TolerationOperator.Equal }] }))
            .ShouldBeOfType<RunPlan.Reject>().Fault.Reason.ShouldBe(Reasons.InvalidTolerations);
    }

    [Fact]
    public void RunId_OrderOfLabels_DoesNotMatter()
    {
        var one = Diagnosis(new() { NodeSelector = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });
        var other = Diagnosis(new() { NodeSelector = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } });

        RunId.For(one, null).ShouldBe(RunId.For(other, null));
    }

    private RunPlan Decide(TunnelDiagnosis diagnosis) => Planner.Decide(diagnosis, Now);

    private TunnelDiagnosis Started(TunnelDiagnosis diagnosis)
    {
        var run = Decide(diagnosis).ShouldBeOfType<RunPlan.Start>().Run;
        return diagnosis with { Status = new StatusBuilder(diagnosis, Now).Started(run) };
    }

    private TunnelDiagnosis Finished(TunnelDiagnosis diagnosis)
    {
        var run = Decide(diagnosis).ShouldBeOfType<RunPlan.Continue>().Run;
        return diagnosis with
        {
            Status = diagnosis.Status! with { CompletionTime = Now, NextRunTime = Planner.NextRunAfter(diagnosis, run, Now) },
        };
    }

    private static TunnelDiagnosis Change(TunnelDiagnosis diagnosis, TunnelDiagnosisSpec spec) =>
        diagnosis with { Spec = spec, Metadata = diagnosis.Metadata with { Generation = diagnosis.Metadata.Generation + 1 } };

    private static TunnelDiagnosis Diagnosis(TunnelDiagnosisSpec spec) => new()
    {
        Metadata = new() { Name = "mesh", Uid = "0f3e0b5c-0000-4000-8000-000000000001", Generation = 1 },
        Spec = spec,
    };
}
