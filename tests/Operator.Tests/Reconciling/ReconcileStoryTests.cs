// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Operator.Tests.Reconciling;

public sealed class ReconcileStoryTests
{
    [Fact]
    public async Task OneShot_AllReport_EndsCompleteAndTakesTheProbesAway()
    {
        using var story = new Story(new(), "a", "b");

        await story.SettleAsync();
        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        story.Cluster.All<DaemonSet>().Count.ShouldBe(1);
        story.Cluster.All<NodeProbe>().Select(probe => probe.Spec!.Run).ShouldBe([story.Status.Run, story.Status.Run]);
        story.Condition("ProbesReady").Status.ShouldBe("False");

        story.Report("a");
        await story.SettleAsync();
        story.Status.Nodes!.Progress.ShouldBe("1/2");
        story.Status.Nodes.NotReported.ShouldNotBeNull().ShouldHaveSingleItem().Node.ShouldBe("b");

        story.Report("b");
        var last = await story.SettleAsync();

        last.RequeueAfter.ShouldBeNull();
        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Status.CompletionTime.ShouldNotBeNull();
        story.Condition("Complete").Reason.ShouldBe("AllNodesReported");
        story.Condition("ProbesReady").Status.ShouldBe("True");
        story.Condition("TunnelsHealthy").Reason.ShouldBe("NoTunnelsFound");
        story.Cluster.All<DaemonSet>().ShouldBeEmpty();
        story.Cluster.All<NodeProbe>().Count.ShouldBe(2);
        story.Cluster.All<Event>().Select(e => e.Reason).ShouldBe(["Started", "Complete"]);
    }

    [Fact]
    public async Task Start_StatusIsOnRecordBeforeAnythingIsPlaced()
    {
        using var story = new Story(new(), "a");

        await story.SettleAsync();

        var writes = story.Cluster.Writes.Where(write => !write.StartsWith("create events", StringComparison.Ordinal)).ToList();
        writes[0].ShouldBe("status tunneldiagnoses mesh");
        writes.FindIndex(write => write.StartsWith("apply daemonsets", StringComparison.Ordinal)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Settled_ReconcilingAgain_WritesNothing()
    {
        using var story = new Story(new(), "a", "b");
        await story.SettleAsync();
        var running = story.Cluster.Writes.Count;
        await story.ReconcileAsync();
        story.Cluster.Writes.Count.ShouldBe(running);

        story.Report("a");
        story.Report("b");
        await story.SettleAsync();
        var complete = story.Cluster.Writes.Count;
        story.Time.Advance(TimeSpan.FromHours(1));
        await story.ReconcileAsync();

        story.Cluster.Writes.Count.ShouldBe(complete);
    }

    [Fact]
    public async Task Status_ChangesFast_IsWrittenOnceASecond()
    {
        using var story = new Story(new(), "a", "b", "c");
        await story.SettleAsync();
        story.Time.Advance(TimeSpan.FromSeconds(5));
        story.Report("a");
        await story.ReconcileAsync();
        var before = story.Cluster.Writes.Count;

        story.Report("b");
        story.Time.Advance(TimeSpan.FromMilliseconds(400));
        var result = await story.ReconcileAsync();

        story.Cluster.Writes.Count.ShouldBe(before);
        result.RequeueAfter.ShouldBe(TimeSpan.FromMilliseconds(600));
        story.Time.Advance(TimeSpan.FromMilliseconds(600));
        await story.ReconcileAsync();
        story.Status.Nodes!.Progress.ShouldBe("2/3");
    }

    [Fact]
    public async Task NoNodeSelected_IsCompleteAtOnce()
    {
        using var story = new Story(new() { NodeSelector = new Dictionary<string, string> { ["zone"] = "nowhere" } }, "a");

        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Condition("Accepted").Status.ShouldBe("True");
        story.Condition("Complete").ShouldSatisfyAllConditions(c => c.Status.ShouldBe("True"), c => c.Reason.ShouldBe("NoNodesSelected"));
        story.Condition("ProbesReady").ShouldSatisfyAllConditions(c => c.Status.ShouldBe("False"), c => c.Reason.ShouldBe("NoNodesSelected"));
        story.Condition("TunnelsHealthy").ShouldSatisfyAllConditions(c => c.Status.ShouldBe("Unknown"), c => c.Reason.ShouldBe("NoNodesSelected"));
        story.Cluster.All<DaemonSet>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Deadline_ListsTheSilentNodesWithReasons_AndKeepsWhatWasFound()
    {
        using var story = new Story(new() { DeadlineSeconds = 30 }, "good", "crashing", "sick");
        story.Cluster.AddNode(TestData.Node("sick", "False"));
        await story.SettleAsync();
        story.Cluster.Put(BuiltInTypes.Pod, TestData.ProbePod("crashing", "Running", new()
        {
            State = new() { Waiting = new() { Reason = "CrashLoopBackOff" } },
            LastState = new() { Terminated = new() { Reason = "Error", ExitCode = 1, Message = "no netlink" } },
        }));
        story.Report("good");
        var result = await story.SettleAsync();
        result.RequeueAfter.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(30));

        story.Time.Advance(result.RequeueAfter.Value);
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Condition("Complete").Reason.ShouldBe("DeadlineExceeded");
        story.Condition("ProbesReady").Reason.ShouldBe("ProbesNotReady");
        story.Condition("TunnelsHealthy").Status.ShouldBe("Unknown");
        story.Status.Nodes!.Progress.ShouldBe("1/3");
        story.Status.Nodes.NotReported.ShouldNotBeNull().Select(node => $"{node.Node} {node.Reason}").ShouldBe(["crashing CrashLoopBackOff", "sick NodeNotReady"]);
        story.Status.Summary.ShouldNotBeNull().ShouldContain("crashing (CrashLoopBackOff), sick (NodeNotReady)");
        story.Cluster.All<DaemonSet>().ShouldBeEmpty();

        story.Report("sick");
        story.Time.Advance(TimeSpan.FromSeconds(2));
        await story.SettleAsync();
        story.Status.Nodes!.NotReported.ShouldNotBeNull().Single(node => node.Node == "sick").Reason.ShouldBe("ReportedTooLate");
    }

    [Fact]
    public async Task RefusedAndFailedReports_EndTheRunWithoutWaiting()
    {
        using var story = new Story(new(), "a", "b", "c");
        await story.SettleAsync();
        story.Report("a");
        story.Report("b", TestData.Facts("a"));
        story.Cluster.ProbeSays("c", probe => new() { Run = probe.Spec!.Run, Phase = NodeProbePhase.Failed, Message = "no CAP_NET_ADMIN" });

        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Condition("Complete").Reason.ShouldBe("NodesNotReported");
        story.Status.Nodes!.NotReported.ShouldNotBeNull().Select(node => $"{node.Node} {node.Reason}").ShouldBe(["b InvalidReport", "c ProbeFailed"]);
    }

    [Fact]
    public async Task SpecChangedMidRun_RunsAnewWithTheNewQuestion()
    {
        using var story = new Story(new(), "a", "b");
        await story.SettleAsync();
        var first = story.Status.Run;
        story.Report("a");
        await story.SettleAsync();

        story.Cluster.Change(new() { ObservationSeconds = 20 });
        story.Time.Advance(TimeSpan.FromSeconds(3));
        await story.SettleAsync();

        story.Status.Run.ShouldNotBe(first);
        story.Status.ObservedGeneration.ShouldBe(2);
        // The answer to the old question does not count for the new one.
        story.Status.Nodes!.Progress.ShouldBe("0/2");
        story.Cluster.All<NodeProbe>().ShouldAllBe(probe => probe.Spec!.Run == story.Status.Run && probe.Spec.ObservationSeconds == 20);
    }

    [Fact]
    public async Task NodeLeavesMidRun_WhatItReportedStays_AndNobodyWaitsForTheOther()
    {
        using var story = new Story(new(), "a", "b", "c");
        await story.SettleAsync();
        story.Report("a");
        await story.SettleAsync();

        story.Cluster.Remove(BuiltInTypes.Node, "a");
        story.Cluster.Remove(BuiltInTypes.Node, "b");
        story.Report("c");
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Status.Nodes!.Progress.ShouldBe("2/2");
    }

    [Fact]
    public async Task Interval_RunsAgain_AndForgetsNodesThatAreGone()
    {
        using var story = new Story(new() { Interval = "60s" }, "a", "b");
        await story.SettleAsync();
        var first = story.Status.Run;
        story.Report("a");
        story.Report("b");
        var result = await story.SettleAsync();
        story.Status.NextRunTime.ShouldBe(TestData.Noon.AddSeconds(60));
        story.Cluster.All<DaemonSet>().ShouldBeEmpty();
        story.Cluster.Remove(BuiltInTypes.Node, "b");

        story.Time.Advance(result.RequeueAfter.ShouldNotBeNull());
        await story.SettleAsync();

        story.Status.Run.ShouldNotBe(first);
        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        story.Status.History.ShouldNotBeNull().ShouldHaveSingleItem().Run.ShouldBe(first);
        story.Cluster.All<NodeProbe>().ShouldHaveSingleItem().Spec!.NodeName.ShouldBe("a");
        story.Cluster.All<DaemonSet>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task ApiServerAway_EverythingResumesFromWhatIsStored()
    {
        using var story = new Story(new(), "a", "b");
        await story.SettleAsync();
        var run = story.Status.Run;
        story.Report("a");
        await story.SettleAsync();

        story.Cluster.Refuse = _ => new KubeError(KubeErrorKind.Unreachable, "connection refused");
        story.Report("b");
        story.Time.Advance(TimeSpan.FromSeconds(5));
        (await story.ReconcileAsync()).IsSuccess.ShouldBeFalse();
        story.RestartOperator();
        (await story.ReconcileAsync()).IsSuccess.ShouldBeFalse();
        story.Cluster.Refuse = _ => null;
        await story.SettleAsync();

        story.Status.Run.ShouldBe(run);
        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Status.Nodes!.Progress.ShouldBe("2/2");
    }

    [Fact]
    public async Task OneNodeProbeRefused_TheOthersAreAskedAndTheRestFollows()
    {
        using var story = new Story(new(), "a", "b", "c");
        var refusals = 1;
        story.Cluster.Refuse = call => call == "apply nodeprobes" && refusals-- > 0 ? new KubeError(KubeErrorKind.ServerError, "try again") : null;

        await story.ReconcileAsync();
        (await story.ReconcileAsync()).IsSuccess.ShouldBeFalse();
        story.Cluster.All<NodeProbe>().Count.ShouldBe(2);
        await story.SettleAsync();

        story.Cluster.All<NodeProbe>().Count.ShouldBe(3);
    }

    [Fact]
    public async Task DaemonSetForbidden_IsShownUntilTheDeadline()
    {
        using var story = new Story(new() { DeadlineSeconds = 30 }, "a");
        story.Cluster.Refuse = call => call == "apply daemonsets" ? new KubeError(KubeErrorKind.Forbidden, "daemonsets.apps is forbidden") : null;

        var result = await story.SettleAsync();

        story.Condition("ProbesReady").ShouldSatisfyAllConditions(c => c.Reason.ShouldBe("ProbesRefused"), c => c.Message.ShouldContain("is forbidden"));
        result.RequeueAfter.ShouldBe(TimeSpan.FromSeconds(10));
        story.Time.Advance(TimeSpan.FromSeconds(30));
        await story.SettleAsync();
        story.Condition("Complete").Reason.ShouldBe("DeadlineExceeded");
        story.Status.Nodes!.NotReported.ShouldNotBeNull().ShouldHaveSingleItem().Reason.ShouldBe("NoPod");
    }

    [Fact]
    public async Task StaleCache_WritesNothing()
    {
        using var story = new Story(new(), "a");
        var old = story.Diagnosis;
        await story.SettleAsync();
        var writes = story.Cluster.Writes.Count;
        story.Time.Advance(TimeSpan.FromSeconds(10));

        // The cache shows the diagnosis as it was before the run began.
        var controller = story.ReconcileAsync(old);

        (await controller).RequeueAfter.ShouldNotBeNull().ShouldBeLessThan(TimeSpan.FromSeconds(1));
        story.Cluster.Writes.Count.ShouldBe(writes);
    }

    [Fact]
    public async Task WrongSpec_IsRejected_AndAccepted_OnceMended()
    {
        using var story = new Story(new() { Schedule = "61 * * * *" }, "a");
        await story.SettleAsync();
        story.Status.Phase.ShouldBe(DiagnosisPhase.Failed);
        story.Condition("Accepted").Reason.ShouldBe("InvalidSchedule");
        story.Cluster.All<NodeProbe>().ShouldBeEmpty();

        story.Cluster.Change(new());
        story.Time.Advance(TimeSpan.FromSeconds(2));
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        story.Condition("Accepted").Status.ShouldBe("True");
    }

    [Fact]
    public async Task Suspended_WaitsAndStartsWhenItIsLifted()
    {
        using var story = new Story(new() { Suspend = true }, "a");
        await story.SettleAsync();
        story.Status.Phase.ShouldBe(DiagnosisPhase.Suspended);
        story.Condition("TunnelsHealthy").Reason.ShouldBe("NotStarted");

        story.Cluster.Change(new() { Suspend = false });
        story.Time.Advance(TimeSpan.FromSeconds(2));
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
    }

    [Fact]
    public async Task TimeToLive_Passes_TheDiagnosisIsDeleted()
    {
        using var story = new Story(new() { TtlSecondsAfterFinished = 60 }, "a");
        await story.SettleAsync();
        story.Report("a");
        var result = await story.SettleAsync();

        story.Time.Advance(result.RequeueAfter.ShouldNotBeNull());
        await story.SettleAsync();

        story.Cluster.All<TunnelDiagnosis>().ShouldBeEmpty();
    }

    [Fact]
    public async Task DeletedWhileRunning_IsLeftToTheGarbageCollector()
    {
        using var story = new Story(new(), "a");
        await story.SettleAsync();
        var going = story.Diagnosis with { Metadata = story.Diagnosis.Metadata with { DeletionTimestamp = story.Time.GetUtcNow() } };
        var writes = story.Cluster.Writes.Count;

        (await story.ReconcileAsync(going)).IsSuccess.ShouldBeTrue();

        story.Cluster.Writes.Count.ShouldBe(writes);
    }

    [Fact]
    public async Task EventsRefused_ChangesNothingElse()
    {
        using var story = new Story(new(), "a");
        story.Cluster.Refuse = call => call == "create events" ? new KubeError(KubeErrorKind.Forbidden, "no") : null;
        await story.SettleAsync();
        story.Report("a");

        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
    }
}
