// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>The engine throws: the diagnosis says so, waits longer each time, and comes to its end.</summary>
public sealed class FailedVerdictTests
{
    [Fact]
    public async Task FailsAlways_IsSaid_TriedSeldom_AndEndsAtTheDeadline()
    {
        using var story = new Story(new() { DeadlineSeconds = 120 }, "a");
        var tries = 0;
        story.Engine = input => input.Nodes.Count == 0 ? DiagnosisEngine.Diagnose(input) : throw new InvalidOperationException($"secret {++tries}");
        await story.SettleAsync();
        story.Report("a");
        var wait = await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Running);
        var complete = story.Condition(ConditionTypes.Complete);
        (complete.Status, complete.Reason).ShouldBe(("False", Reasons.VerdictFailed));
        complete.Message.ShouldNotBeNull().ShouldNotContain("secret");
        story.Condition(ConditionTypes.TunnelsHealthy).Status.ShouldBe("Unknown");
        wait.IsSuccess.ShouldBeTrue();

        for (var second = 0; second < 120 && story.Status.Phase == DiagnosisPhase.Running; second++)
        {
            story.Time.Advance(TimeSpan.FromSeconds(1));
            await story.ReconcileAsync();
        }

        // After 2, 4, 8, 16 and 30 seconds, and at the deadline.
        tries.ShouldBeInRange(6, 9);
        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Condition(ConditionTypes.Complete).Reason.ShouldBe(Reasons.VerdictFailed);
        var healthy = story.Condition(ConditionTypes.TunnelsHealthy);
        (healthy.Status, healthy.Reason).ShouldBe(("Unknown", Reasons.VerdictFailed));
        story.Status.Tunnels.ShouldBeNull();
        story.Status.Nodes!.Reported.ShouldBe(1);
        story.Status.Summary.ShouldBe("1 of 1 nodes have reported, but the operator failed to judge what they reported. The operator's log says why.");
    }

    [Fact]
    public async Task FailsOnce_IsTriedAgain_AndTheRunEndsAsEver()
    {
        using var story = new Story(new() { DeadlineSeconds = 120 }, "a");
        var failures = 1;
        story.Engine = input => input.Nodes.Count > 0 && failures-- > 0 ? throw new InvalidOperationException() : DiagnosisEngine.Diagnose(input);
        await story.SettleAsync();
        story.Report("a");
        var wait = await story.SettleAsync();
        wait.RequeueAfter.ShouldNotBeNull().ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromSeconds(2));

        story.Time.Advance(wait.RequeueAfter.Value);
        await story.SettleAsync();

        story.Status.Phase.ShouldBe(DiagnosisPhase.Complete);
        story.Condition(ConditionTypes.Complete).Reason.ShouldBe(Reasons.AllNodesReported);
        story.Condition(ConditionTypes.TunnelsHealthy).Reason.ShouldNotBe(Reasons.VerdictFailed);
        story.Status.Tunnels.ShouldNotBeNull();
    }
}
