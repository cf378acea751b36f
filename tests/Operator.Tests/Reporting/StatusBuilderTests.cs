// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Reporting;

public sealed class StatusBuilderTests
{
    private static readonly Run FirstRun = new("run-1", Noon, Noon.AddSeconds(120));

    [Fact]
    public void Completed_RootCause_IsTheGoldenStatus()
    {
        var started = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };

        var status = At(30, started).Completed(Progress("a", "b"), Report(Cause()), null);

        Golden.ShouldMatchJson(JsonSerializer.SerializeToUtf8Bytes(status, CrdsJsonContext.Default.TunnelDiagnosisStatus), "status-root-cause.json");
    }

    [Fact]
    public void Completed_OneFaultOnManyNodes_ListsTwentyAndCountsAll()
    {
        var started = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };
        var cause = Cause() with
        {
            Nodes = [.. Enumerable.Range(0, 30).Select(i => $"node-{i:00}")],
            AlsoExplains = [new SharedConsequence("WG-HANDSHAKE-STALE", "b", "WG-IFACE-DOWN", "c")],
        };

        var status = At(30, started).Completed(Progress("a", "b"), Report(cause) with { CouldNotCheck = [new("a", "x", "y") { Nodes = 7 }, new("b", "x", "z")] }, null);

        var shown = status.RootCauses.ShouldNotBeNull().ShouldHaveSingleItem();
        (shown.NodeCount, shown.Nodes.ShouldNotBeNull().Count).ShouldBe((30, 20));
        shown.AlsoExplains.ShouldBe(["WG-HANDSHAKE-STALE on b"]);
        status.CouldNotCheck.ShouldNotBeNull().Select(gap => gap.Nodes).ShouldBe([7, null]);
    }

    [Fact]
    public void Conditions_OverARun_MoveTheirTimesOnlyWithTheirStatus()
    {
        var diagnosis = Mesh();
        diagnosis = diagnosis with { Status = At(0, diagnosis).Started(FirstRun) };
        diagnosis = diagnosis with { Status = At(5, diagnosis).Running(Progress("a") with { Nodes = ["a", "b"], ProbesReady = 1 }, Report()) };
        diagnosis = diagnosis with { Status = At(10, diagnosis).Running(Progress("a") with { Nodes = ["a", "b"], ProbesReady = 2 }, Report()) };
        diagnosis = diagnosis with { Status = At(20, diagnosis).Completed(Progress("a", "b"), Report(), null) };

        Summary(diagnosis.Status!).ShouldBe(
            [
                "Accepted=True Accepted 0",
                "ProbesReady=True AllProbesReady 10",
                "Complete=True AllNodesReported 20",
                "TunnelsHealthy=True AllTunnelsHealthy 20",
            ]);
    }

    [Fact]
    public void Running_FirstRunOfASpec_ShowsPartialResults()
    {
        var started = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };

        var status = At(5, started).Running(Progress("a") with { Nodes = ["a", "b"] }, Report(Cause()));

        status.RootCauses.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("WG-ALLOWEDIPS-OVERLAP");
        status.Summary.ShouldNotBeNull().ShouldStartWith("1 of 2 nodes have reported.");
        status.Nodes.ShouldNotBeNull().Progress.ShouldBe("1/2");
        Condition(status, "TunnelsHealthy").Status.ShouldBe("Unknown");
    }

    [Fact]
    public void Running_RepeatedRun_LeavesTheLastResultStanding()
    {
        var diagnosis = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };
        diagnosis = diagnosis with { Status = At(10, diagnosis).Completed(Progress("a", "b"), Report(Cause()), null) };
        diagnosis = diagnosis with { Status = At(60, diagnosis).Started(new("run-2", Noon.AddSeconds(60), Noon.AddSeconds(180))) };

        var status = At(61, diagnosis).Running(Progress("a") with { Nodes = ["a", "b"] }, Report());

        Condition(status, "TunnelsHealthy").Status.ShouldBe("False");
        Condition(status, "Complete").Status.ShouldBe("False");
        status.RootCauses.ShouldNotBeNull().Count.ShouldBe(1);
        status.History.ShouldNotBeNull().ShouldHaveSingleItem().Run.ShouldBe("run-1");
        status.History[0].RootCause.ShouldBe("WG-ALLOWEDIPS-OVERLAP");
    }

    [Fact]
    public void Started_NewGeneration_DropsTheOldResult()
    {
        var diagnosis = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };
        diagnosis = diagnosis with { Status = At(10, diagnosis).Completed(Progress("a", "b"), Report(Cause()), null) };
        var changed = diagnosis with { Metadata = diagnosis.Metadata with { Generation = 2 } };

        var status = At(60, changed).Started(new("run-2", Noon.AddSeconds(60), Noon.AddSeconds(180)));

        status.ObservedGeneration.ShouldBe(2);
        status.RootCauses.ShouldBeNull();
        status.Tunnels.ShouldBeNull();
        Condition(status, "TunnelsHealthy").ShouldSatisfyAllConditions(c => c.Status.ShouldBe("Unknown"), c => c.ObservedGeneration.ShouldBe(2));
        status.History.ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Fact]
    public void Started_History_KeepsTheNewestUpToTheLimit()
    {
        var diagnosis = Mesh(new() { HistoryLimit = 2 });
        for (var i = 1; i <= 4; i++)
        {
            diagnosis = diagnosis with { Status = At(i * 60, diagnosis).Started(new($"run-{i}", Noon.AddSeconds(i * 60), Noon.AddSeconds(i * 60 + 30))) };
            diagnosis = diagnosis with { Status = At((i * 60) + 10, diagnosis).Completed(Progress("a"), Report(), null) };
        }

        diagnosis.Status!.History.ShouldNotBeNull().Select(record => record.Run).ShouldBe(["run-3", "run-2"]);
    }

    [Fact]
    public void Completed_NoNode_SaysSoAndIsComplete()
    {
        var diagnosis = Mesh(new() { NodeSelector = new Dictionary<string, string> { ["zone"] = "x" } });

        var status = At(1, diagnosis).Completed(Progress(), Report() with { Tunnels = [] }, null);

        status.Phase.ShouldBe(DiagnosisPhase.Complete);
        status.Summary.ShouldBe("No node carries all labels of nodeSelector (zone=x), so nothing was looked at.");
        Summary(status).ShouldBe(
            [
                "Accepted=True Accepted 1",
                "ProbesReady=False NoNodesSelected 1",
                "Complete=True NoNodesSelected 1",
                "TunnelsHealthy=Unknown NoNodesSelected 1",
            ]);
    }

    [Fact]
    public void Rejected_MidRun_NamesTheFaultAndForgetsTheRun()
    {
        var diagnosis = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };

        var status = At(1, diagnosis).Rejected(new("InvalidSchedule", "schedule 'x' is wrong"));

        status.Phase.ShouldBe(DiagnosisPhase.Failed);
        status.Run.ShouldBeNull();
        Condition(status, "Accepted").ShouldSatisfyAllConditions(c => c.Status.ShouldBe("False"), c => c.Reason.ShouldBe("InvalidSchedule"));
        Condition(status, "TunnelsHealthy").Status.ShouldBe("Unknown");
    }

    [Fact]
    public void Resting_LateReport_ChangesTheReason()
    {
        var diagnosis = Mesh() with { Status = At(0, Mesh()).Started(FirstRun) };
        diagnosis = diagnosis with { Status = At(120, diagnosis).Completed(Missing("b", "NoReport"), Report(), null) };

        var status = At(121, diagnosis).Resting(new(false, null, null), new HashSet<string> { "b" });

        status.Nodes!.NotReported.ShouldNotBeNull().ShouldHaveSingleItem().Reason.ShouldBe("ReportedTooLate");
        status.Phase.ShouldBe(DiagnosisPhase.Complete);
    }

    [Fact]
    public void Completed_HostileReport_StaysInItsBounds()
    {
        var evil = new string('x', 20_000) + "\u001b[2J";
        var finding = Cause(message: evil).Finding;
        var cause = Cause() with
        {
            Finding = finding with
            {
                Explanation = evil,
                Subject = new Subject { Node = evil, Device = evil, PeerKey = evil },
                Evidence = [.. Enumerable.Repeat(new Evidence(evil, evil, evil, evil, evil), 100)],
                Remediation = [new("a", "rm\u202e -rf", "x", null), new("a", evil, "x", null), new("a", "fine", evil, null), new("a", "fine", "x", "two\nlines")],
                Confidence = double.NaN,
            },
            Consequences = [.. Enumerable.Repeat(finding, 100)],
            AffectedNodes = [.. Enumerable.Repeat(evil, 100)],
            AffectedTunnels = [.. Enumerable.Repeat(new TunnelId(evil, "d", evil, "k"), 100)],
        };
        var report = Report([.. Enumerable.Repeat(cause, 100)]) with { CouldNotCheck = [.. Enumerable.Repeat(new CouldNotCheck(evil, evil, evil), 100)], Summary = evil };

        var status = At(1, Mesh()).Completed(Progress("a"), report, null);

        StatusBudget.SizeOf(status).ShouldBeLessThanOrEqualTo(StatusLimits.Total);
        var json = JsonSerializer.Serialize(status, CrdsJsonContext.Default.TunnelDiagnosisStatus);
        json.ShouldNotContain("\\u001b", Case.Insensitive);
        json.ShouldNotContain("\\u202e", Case.Insensitive);
        status.RootCauses.ShouldNotBeNull().Count.ShouldBeLessThanOrEqualTo(20);
        status.CouldNotCheck.ShouldNotBeNull().Count.ShouldBe(50);
        var first = status.RootCauses[0];
        first.Remediation.ShouldNotBeNull().ShouldHaveSingleItem().Command.ShouldBe("fine");
        first.Evidence.ShouldNotBeNull().Count.ShouldBe(24);
        first.Message.Length.ShouldBe(1024);
        first.Message.ShouldEndWith("…");
        first.PeerKey.ShouldBeNull();
        first.ConfidencePercent.ShouldBe(0);
        first.AffectedTunnels.ShouldBe(100);
    }

    public static TheoryData<string, string, string> Verdicts => new()
    {
        { "healthy", "True", "AllTunnelsHealthy" },
        { "info only", "True", "AllTunnelsHealthy" },
        { "warning", "False", "WG_MTU_TOO_BIG" },
        { "broken without a cause", "False", "TunnelsBroken" },
        { "degraded", "False", "TunnelsDegraded" },
        { "not all reported", "Unknown", "NodesNotReported" },
        { "fault seen and not all reported", "False", "WG_MTU_TOO_BIG" },
        { "unknown tunnel", "Unknown", "TunnelsUnknown" },
        { "could not check", "Unknown", "CouldNotCheck" },
        { "no tunnels", "Unknown", "NoTunnelsFound" },
    };

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Verdict_Table(string what, string status, string reason)
    {
        var all = Progress("a", "b");
        var (progress, report) = what switch
        {
            "healthy" => (all, Report()),
            "info only" => (all, Report(Cause("WG-X", Severity.Info))),
            "warning" => (all, Report(Cause("WG-X", Severity.Info), Cause("WG-MTU-TOO-BIG", Severity.Warning))),
            "broken without a cause" => (all, Report() with { Tunnels = [Tunnel("a", "b", TunnelState.MtuBlackhole)] }),
            "degraded" => (all, Report() with { Tunnels = [Tunnel("a", "b", TunnelState.Degraded)] }),
            "not all reported" => (Missing("b", "NoPod"), Report()),
            "fault seen and not all reported" => (Missing("b", "NoPod"), Report(Cause("WG-MTU-TOO-BIG", Severity.Error))),
            "unknown tunnel" => (all, Report() with { Tunnels = [Tunnel("a", "b", TunnelState.Healthy), Tunnel("b", "a", TunnelState.Unknown)] }),
            "could not check" => (all, Report() with { CouldNotCheck = [new("a", "sysctls", "NotPermitted")] }),
            _ => (all, Report() with { Tunnels = [] }),
        };

        var verdict = Verdict.Of(progress, report, TunnelTally.Of(report));

        (verdict.Status, verdict.Reason).ShouldBe((status, reason));
        verdict.Message.ShouldNotBeEmpty();
    }

    private static StatusBuilder At(int seconds, TunnelDiagnosis diagnosis) => new(diagnosis, Noon.AddSeconds(seconds));

    private static RunProgress Progress(params string[] reported) => new()
    {
        Run = FirstRun,
        Nodes = reported,
        Facts = [.. reported.Select(Facts)],
        NotReported = [],
        AllAnswered = true,
        ProbesReady = reported.Length,
    };

    private static RunProgress Missing(string node, string reason) => Progress("a") with
    {
        Nodes = ["a", node],
        NotReported = [new() { Node = node, Reason = reason, Message = "m" }],
        AllAnswered = false,
    };

    private static Condition Condition(TunnelDiagnosisStatus status, string type) => ConditionSet.Find(status.Conditions, type).ShouldNotBeNull();

    private static IEnumerable<string> Summary(TunnelDiagnosisStatus status) =>
        status.Conditions!.Select(c => $"{c.Type}={c.Status} {c.Reason} {(c.LastTransitionTime - Noon).TotalSeconds}");
}
