// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Checks;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Chaos.Tests;

/// <summary>The judge of stories sees each kind of contradiction, and none in a true one.</summary>
public sealed class StoryCheckTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TrueStory_HasNoFault() =>
        StoryCheck.FaultsOf([Running("a"), Complete("a"), Running("b", "a"), Complete("b", "a"), Running("c", "b", "a")]).ShouldBeEmpty();

    [Fact]
    public void RunThatComesBack() => Faults(Running("a"), Running("b"), Running("a")).ShouldContain("came back");

    [Fact]
    public void GenerationThatFalls() => Faults(Running("a") with { ObservedGeneration = 2 }, Running("a")).ShouldContain("observedGeneration");

    [Fact]
    public void StartThatMoves() => Faults(Running("a"), Running("a") with { StartTime = Noon.AddSeconds(5) }).ShouldContain("started at");

    [Fact]
    public void EndThatIsTakenBack() => Faults(Complete("a"), Running("a")).ShouldContain("was complete at");

    [Fact]
    public void FindingThatIsLostAfterTheEnd() => Faults(Complete("a") with { RootCauses = [Cause("WG-KEY-DRIFT")] }, Complete("a")).ShouldContain("WG-KEY-DRIFT");

    [Fact]
    public void TransitionTimeThatMovesAlone() =>
        Faults(Complete("a") with { Conditions = [Condition(Noon)] }, Complete("a") with { Conditions = [Condition(Noon.AddSeconds(1))] }).ShouldContain("transition time");

    [Fact]
    public void HistoryWithARunTwice() => Faults(Running("c", "a", "a")).ShouldContain("twice");

    [Fact]
    public void HistoryWithTheRunThatIsUnderWay() => Faults(Running("a", "a")).ShouldContain("under way");

    [Fact]
    public void HistoryInAnotherOrderThanTheRuns() => Faults(Complete("a"), Complete("b"), Running("c", "a", "b")).ShouldContain("another order");

    private static string Faults(params TunnelDiagnosisStatus[] story) => string.Join('\n', StoryCheck.FaultsOf(story));

    private static TunnelDiagnosisStatus Running(string run, params string[] history) => new()
    {
        ObservedGeneration = 1,
        Run = run,
        StartTime = Noon,
        History = [.. history.Select(earlier => new RunRecord { Run = earlier, StartTime = Noon, CompletionTime = Noon, Summary = "" })],
    };

    private static TunnelDiagnosisStatus Complete(string run, params string[] history) => Running(run, history) with { CompletionTime = Noon.AddSeconds(9) };

    private static Condition Condition(DateTimeOffset since) => new() { Type = "Complete", Status = "True", LastTransitionTime = since, Reason = "R", Message = "" };

    private static RootCauseStatus Cause(string code) =>
        new() { Code = code, Layer = "Keys", Severity = SeverityStatus.Critical, ConfidencePercent = 90, Node = "node-1", Message = "m", AffectedTunnels = 1 };
}
