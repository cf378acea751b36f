// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>When runs begin, and what becomes of those that could not.</summary>
public sealed class ScheduleStoryTests
{
    [Fact]
    public async Task Schedule_WaitsRunsAndWaitsAgain()
    {
        using var story = new Story(new() { Schedule = "30 12 * * *" }, "a");
        var wait = await story.SettleAsync();
        story.Status.Phase.ShouldBe(DiagnosisPhase.Pending);
        story.Status.NextRunTime.ShouldBe(TestData.Noon.AddMinutes(30));
        story.Condition("Complete").Reason.ShouldBe("NotStarted");
        wait.RequeueAfter.ShouldBe(TimeSpan.FromMinutes(30));

        story.Time.Advance(TimeSpan.FromMinutes(30));
        await story.SettleAsync();
        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        story.Report("a");
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Status.NextRunTime.ShouldBe(TestData.Noon.AddMinutes(30).AddDays(1));
        story.Status.MissedRuns.ShouldBeNull();
    }

    [Fact]
    public async Task OperatorAwayForAShortTime_TheRunIsStartedOnce_AndTheOthersAreCounted()
    {
        using var story = new Story(new() { Schedule = "*/10 * * * *" }, "a");
        await story.SettleAsync();

        // Due at 12:10, 12:20, ... 12:50; back at 12:55.
        story.Time.Advance(TimeSpan.FromMinutes(55));
        story.RestartOperator();
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        story.Status.MissedRuns.ShouldBe(4);
        story.Report("a");
        await story.SettleAsync();
        story.Status.NextRunTime.ShouldBe(TestData.Noon.AddMinutes(60));
        story.Status.MissedRuns.ShouldBe(4);
        story.Status.History.ShouldBeNull();
    }

    [Fact]
    public async Task OperatorAwayForTooLong_TheRunIsLeftOut_AndCountedOnce()
    {
        using var story = new Story(new() { Schedule = "30 12 * * *" }, "a");
        await story.SettleAsync();

        story.Time.Advance(TimeSpan.FromHours(5));
        story.RestartOperator();
        await story.SettleAsync();
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Pending);
        story.Status.MissedRuns.ShouldBe(1);
        story.Status.NextRunTime.ShouldBe(TestData.Noon.AddMinutes(30).AddDays(1));
        story.Cluster.All<DaemonSet>().ShouldBeEmpty();
    }

    [Fact]
    public async Task OperatorAwayForAMonth_EveryMinute_CountsUpToItsBound()
    {
        using var story = new Story(new() { Schedule = "* * * * *" }, "a");
        await story.SettleAsync();

        story.Time.Advance(TimeSpan.FromDays(30));
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        story.Status.MissedRuns.ShouldBe(1000);
    }

    [Fact]
    public async Task Interval_OperatorAway_RunsLateAndCountsFromThere()
    {
        using var story = new Story(new() { Interval = "60s" }, "a");
        await story.SettleAsync();
        story.Report("a");
        await story.SettleAsync();

        story.Time.Advance(TimeSpan.FromHours(3));
        await story.SettleAsync();
        var start = story.Status.StartTime!.Value;
        story.Status.MissedRuns.ShouldBe(179);
        story.Report("a");
        await story.SettleAsync();

        story.Status.NextRunTime.ShouldBe(start.AddSeconds(60));
    }

    [Fact]
    public async Task Interval_RunTakesLonger_TheNextFollowsAndNothingIsMissed()
    {
        using var story = new Story(new() { Interval = "30s", DeadlineSeconds = 100 }, "a");
        await story.SettleAsync();
        var first = story.Status.Run;
        story.Time.Advance(TimeSpan.FromSeconds(100));

        await story.SettleAsync();

        story.Status.Run.ShouldNotBe(first);
        story.Status.MissedRuns.ShouldBeNull();
    }

    [Fact]
    public async Task Suspended_BetweenRuns_MissesNothing_AndGoesOnAfterwards()
    {
        using var story = new Story(new() { Schedule = "*/10 * * * *" }, "a");
        await story.SettleAsync();
        story.Cluster.Change(new() { Schedule = "*/10 * * * *", Suspend = true });
        story.Time.Advance(TimeSpan.FromSeconds(2));
        await story.SettleAsync();
        story.Status.ShouldSatisfyAllConditions(s => s.Phase.ShouldBe(DiagnosisPhase.Suspended), s => s.NextRunTime.ShouldBeNull());

        story.Time.Advance(TimeSpan.FromHours(2));
        await story.SettleAsync();
        story.Cluster.Change(new() { Schedule = "*/10 * * * *" });
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Pending);
        story.Status.MissedRuns.ShouldBeNull();
        story.Status.NextRunTime.ShouldBe(TestData.Noon.AddHours(2).AddMinutes(10));
    }

    [Fact]
    public async Task SuspendedDuringARun_TheRunEnds_AndNoOtherBegins()
    {
        using var story = new Story(new() { Interval = "60s" }, "a");
        await story.SettleAsync();
        var run = story.Status.Run;
        story.Cluster.Change(new() { Interval = "60s", Suspend = true });
        story.Time.Advance(TimeSpan.FromSeconds(2));
        await story.SettleAsync();
        story.Status.Run.ShouldBe(run);

        story.Report("a");
        await story.SettleAsync();
        story.Time.Advance(TimeSpan.FromHours(1));
        await story.SettleAsync();

        story.Status.Run.ShouldBe(run);
        story.Status.Phase.ShouldBe(DiagnosisPhase.Suspended);
        story.Status.CompletionTime.ShouldNotBeNull();
        story.Condition("Complete").Status.ShouldBe("True");
        story.Cluster.All<DaemonSet>().ShouldBeEmpty();
    }

    [Fact]
    public async Task ManyDueAtTheSameSecond_StartAtTheirOwnShare_TheSameAfterARestart()
    {
        var starts = new List<DateTimeOffset>();
        for (var i = 0; i < 40; i++)
        {
            using var story = new Story(new() { Schedule = "30 12 * * *" }, new RunLimits { StartSpread = TimeSpan.FromSeconds(30) }, ["a"]);
            story.Cluster.Put(CrdTypes.TunnelDiagnosis, story.Diagnosis with { Metadata = story.Diagnosis.Metadata with { Uid = $"uid-of-{i}" } });
            await story.SettleAsync();
            var due = story.Status.NextRunTime.ShouldNotBeNull();
            story.RestartOperator();
            await story.SettleAsync();
            story.Status.NextRunTime.ShouldBe(due);
            starts.Add(due);
        }

        starts.ShouldAllBe(start => start >= TestData.Noon.AddMinutes(30) && start < TestData.Noon.AddMinutes(30).AddSeconds(30));
        starts.Distinct().Count().ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Interval_IsSpreadOnce_ThenItsPeriodIsExact()
    {
        using var story = new Story(new() { Interval = "10m" }, new RunLimits { StartSpread = TimeSpan.FromSeconds(600) }, ["a"]);
        var starts = new List<DateTimeOffset>();
        for (var i = 0; i < 4; i++)
        {
            await story.SettleAsync();
            starts.Add(story.Status.StartTime!.Value);
            story.Report("a");
            var result = await story.SettleAsync();
            story.Time.Advance(result.RequeueAfter.ShouldNotBeNull());
        }

        (starts[1] - starts[0]).ShouldBeInRange(TimeSpan.FromSeconds(601), TimeSpan.FromSeconds(660));
        // To the second in which the reconciliation came.
        (starts[2] - starts[1]).ShouldBeInRange(TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(601));
        (starts[3] - starts[2]).ShouldBeInRange(TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(601));
    }
}
