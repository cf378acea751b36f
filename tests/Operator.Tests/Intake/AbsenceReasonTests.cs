// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Intake;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Intake;

public sealed class AbsenceReasonTests
{
    private static readonly NodeReport Silence = new NodeReport.Silent(null);

    [Fact]
    public void Find_NodeGone_SaysSo() => Find(null, []).Reason.ShouldBe("NodeGone");

    [Fact]
    public void Find_NodeNotReady_GivesTheKubeletsMessage()
    {
        var absence = Find(Node("n", "Unknown"), [ProbePod("n")]);

        absence.Reason.ShouldBe("NodeNotReady");
        absence.Message.ShouldContain("kubelet says so");
    }

    [Fact]
    public void Find_NoPod_NamesTheTaints()
    {
        var absence = Find(Node("n", "True", new Taint { Key = "dedicated", Value = "db", Effect = "NoSchedule" }), []);

        absence.Reason.ShouldBe("NoPod");
        absence.Message.ShouldContain("dedicated=db:NoSchedule");
        Find(Node("n"), []).Message.ShouldNotContain("taint");
    }

    [Fact]
    public void Find_PodPending_GivesTheSchedulersMessage()
    {
        var pod = ProbePod("n", "Pending") with
        {
            Status = new() { Phase = "Pending", Conditions = [new() { Type = "PodScheduled", Status = "False", Message = "0/3 nodes: Insufficient memory" }] },
        };

        Find(Node("n"), [pod]).ShouldBe(new() { Node = "n", Reason = "PodPending", Message = "0/3 nodes: Insufficient memory" });
    }

    [Theory]
    [InlineData("ImagePullBackOff", "ImagePullBackOff")]
    [InlineData("CreateContainerConfigError", "CreateContainerConfigError")]
    [InlineData("not a word", "PodPending")]
    [InlineData("ContainerCreating", "PodPending")]
    public void Find_ContainerWaits_GivesTheKubeletsWord(string waiting, string reason) =>
        Find(Node("n"), [ProbePod("n", "Pending", new() { State = new() { Waiting = new() { Reason = waiting, Message = "m" } } })]).Reason.ShouldBe(reason);

    [Fact]
    public void Find_CrashLoop_GivesTheLastWords()
    {
        var container = new ContainerStatus
        {
            State = new() { Waiting = new() { Reason = "CrashLoopBackOff", Message = "back-off 10s" } },
            LastState = new() { Terminated = new() { Reason = "Error", ExitCode = 139, Message = "cannot open \u001b[31mnetlink\n" } },
        };

        var absence = Find(Node("n"), [ProbePod("n", "Running", container)]);

        absence.Reason.ShouldBe("CrashLoopBackOff");
        absence.Message.ShouldBe("back-off 10s (last end: Error, exit code 139: cannot open  [31mnetlink)");
    }

    [Fact]
    public void Find_NewestPod_Counts()
    {
        var old = ProbePod("n", "Failed");
        var young = ProbePod("n") with { Metadata = old.Metadata with { CreationTimestamp = Noon.AddSeconds(1) } };

        Find(Node("n"), [young, old]).Reason.ShouldBe("NoReport");
    }

    [Fact]
    public void Find_ProbeRuns_TellsWhetherItBegan()
    {
        Find(Node("n"), [ProbePod("n")]).Message.ShouldContain("has not answered");
        Find(Node("n"), [ProbePod("n")], new NodeReport.Silent(Noon)).Message.ShouldContain("2026-11-22T12:00:00Z");
    }

    [Fact]
    public void Find_AnswerThatCannotBeUsed_WinsOverTheCluster()
    {
        Find(null, [], new NodeReport.Invalid("too large")).ShouldBe(new() { Node = "n", Reason = "InvalidReport", Message = "too large" });
        Find(null, [], new NodeReport.Failed("no rights")).Reason.ShouldBe("ProbeFailed");
    }

    private static Crds.TunnelDiagnoses.NotReportedNode Find(Node? node, IReadOnlyList<Pod> pods, NodeReport? report = null) =>
        AbsenceReason.Find("n", node, pods, report ?? Silence, null);
}
