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
        absence.Message.ShouldBe("back-off 10s (last end: Error, exit code 139: cannot open [31mnetlink)");
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

    [Fact]
    public void Find_NodeNotReady_SaysSinceWhen()
    {
        var node = Node("n", "False");
        var since = node with { Status = new() { Conditions = [node.Status!.Conditions![0] with { LastTransitionTime = Noon }] } };

        Find(since, []).Message.ShouldBe("the node's Ready condition is False since 2026-11-22T12:00:00Z: KubeletState: kubelet says so");
    }

    [Fact]
    public void Find_TaintNotTolerated_IsNamed_AndCordonAloneIsNot()
    {
        Taint[] taints = [new() { Key = "dedicated", Value = "db", Effect = "NoSchedule" }, new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" }];
        var cordoned = Node("n", "True", taints) with { Spec = new() { Taints = taints, Unschedulable = true } };

        var away = AbsenceReason.Find("n", cordoned, [], Silence, DaemonSet());
        away.Reason.ShouldBe("TaintedAway");
        away.Message.ShouldContain("do not tolerate dedicated=db:NoSchedule; see");
        var tolerated = AbsenceReason.Find("n", cordoned, [], Silence, DaemonSet(new Toleration { Key = "dedicated", Operator = "Exists" }));
        tolerated.Reason.ShouldBe("NoPod");
        tolerated.Message.ShouldContain("cordoned does not keep");
    }

    [Theory]
    [InlineData("dedicated", "Equal", "db", null, true)]
    [InlineData("dedicated", null, "db", "NoSchedule", true)]
    [InlineData("dedicated", "Equal", "web", null, false)]
    [InlineData("dedicated", "Exists", null, "NoExecute", false)]
    [InlineData(null, "Exists", null, null, true)]
    [InlineData("other", "Exists", null, null, false)]
    public void TaintCheck_Tolerations_DecideAsTheSchedulerDoes(string? key, string? how, string? value, string? effect, bool tolerated) =>
        (TaintCheck.KeepingAway(
            Node("n", "True", new Taint { Key = "dedicated", Value = "db", Effect = "NoSchedule" }),
            [new Toleration { Key = key, Operator = how, Value = value, Effect = effect }]).Count == 0).ShouldBe(tolerated);

    [Fact]
    public void Find_Evicted_GivesTheKubeletsWordAndMessage()
    {
        var pod = ProbePod("n", "Failed") with { Status = new() { Phase = "Failed", Reason = "Evicted", Message = "The node was low on resource: memory." } };

        var absence = Find(Node("n"), [pod]);

        absence.Reason.ShouldBe("Evicted");
        absence.Message.ShouldContain("low on resource");
    }

    [Theory]
    [InlineData("Running", true)]
    [InlineData("Pending", false)]
    public void Find_OutOfMemory_IsTheReason_WhateverTheContainerDoesNow(string phase, bool runsAgain)
    {
        var last = new ContainerState { Terminated = new() { Reason = "OOMKilled", ExitCode = 137, Signal = 9 } };
        var state = runsAgain ? new ContainerState { Running = new() } : new ContainerState { Waiting = new() { Reason = "CrashLoopBackOff", Message = "back-off 40s" } };

        var absence = Find(Node("n"), [ProbePod("n", phase, new() { State = state, LastState = last, RestartCount = 3 })]);

        absence.Reason.ShouldBe("OOMKilled");
        absence.Message.ShouldContain("exit code 137, signal 9");
    }

    [Fact]
    public void Find_PodIsGoing_SaysSo()
    {
        var pod = ProbePod("n");

        Find(Node("n"), [pod with { Metadata = pod.Metadata with { DeletionTimestamp = Noon } }]).Reason.ShouldBe("PodTerminating");
    }

    [Fact]
    public void Find_InitContainerStuckOrFailed_IsNamed()
    {
        Pod With(ContainerState state, bool? started = null) => ProbePod("n", "Pending") with
        {
            Status = new() { Phase = "Pending", InitContainerStatuses = [new() { Name = "mesh-init", State = state, Started = started }] },
        };

        Find(Node("n"), [With(new() { Running = new() { StartedAt = Noon } })]).ShouldBe(
            new() { Node = "n", Reason = "InitNotDone", Message = "init container mesh-init runs since 2026-11-22T12:00:00Z and has not ended" });
        Find(Node("n"), [With(new() { Terminated = new() { Reason = "Error", ExitCode = 2 } })]).Message.ShouldContain("exit code 2");
        Find(Node("n"), [With(new() { Waiting = new() { Reason = "ErrImagePull", Message = "no such image" } })]).Reason.ShouldBe("ErrImagePull");
        // A sidecar in an init container's place runs as long as the pod.
        Find(Node("n"), [With(new() { Running = new() }, started: true)]).Reason.ShouldBe("PodPending");
    }

    private static DaemonSet DaemonSet(params Toleration[] tolerations) => new()
    {
        Metadata = new() { Name = "probes" },
        Spec = new() { Selector = new(), Template = new() { Metadata = new(), Spec = new() { Containers = [], Tolerations = tolerations } } },
    };

    private static Crds.TunnelDiagnoses.NotReportedNode Find(Node? node, IReadOnlyList<Pod> pods, NodeReport? report = null) =>
        AbsenceReason.Find("n", node, pods, report ?? Silence, null);
}
