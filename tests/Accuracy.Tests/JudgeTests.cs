// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Accuracy.Judging;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Accuracy.Tests;

public sealed class JudgeTests
{
    private static readonly Scenario Fault = new() { Code = "WG-A", Title = "a", AlsoAcceptable = ["WG-A-TOO"], AlsoTrue = ["WG-TRUE"] };

    [Theory]
    [InlineData("WG-A", Outcome.Right, 1, 0)]
    [InlineData("WG-A-TOO", Outcome.Right, 1, 0)]
    [InlineData("WG-A WG-TRUE", Outcome.Right, 1, 0)]
    [InlineData("WG-A WG-B", Outcome.Right, 1, 1)]
    [InlineData("WG-B WG-A", Outcome.Wrong, 2, 1)]
    [InlineData("WG-B", Outcome.Wrong, null, 1)]
    [InlineData("", Outcome.Wrong, null, 0)]
    public void Fault_IsRightOnlyWhenItComesFirst(string found, Outcome outcome, int? rank, int wrong)
    {
        var verdict = Judged(Fault, found);

        verdict.Outcome.ShouldBe(outcome);
        verdict.Rank.ShouldBe(rank);
        verdict.False.Count.ShouldBe(wrong);
    }

    [Theory]
    [InlineData("", Outcome.Right)]
    [InlineData("WG-A", Outcome.Wrong)]
    [InlineData("info:WG-A", Outcome.Right)]
    public void HealthyNetwork_IsRightWhenNothingOfWarningOrWorseIsReported(string found, Outcome outcome) =>
        Judged(new Scenario { Code = null, Variant = "x", Title = "x" }, found).Outcome.ShouldBe(outcome);

    [Theory]
    [InlineData("WG-A WG-C", Outcome.Right, 2)]
    [InlineData("WG-C WG-B WG-A-TOO", Outcome.Right, 3)]
    [InlineData("WG-A WG-B", Outcome.Wrong, null)]
    public void TwoFaults_AreRightWhenBothAreNamed(string found, Outcome outcome, int? rank)
    {
        var other = new Scenario { Code = "WG-C", Title = "c" };
        var pair = new Scenario { Code = "WG-A", Title = "pair", Parts = [new Part(Fault, Role.AToB), new Part(other, Role.AToC)] };

        var verdict = Judged(pair, found);

        verdict.Outcome.ShouldBe(outcome);
        verdict.Rank.ShouldBe(rank);
    }

    [Fact]
    public void Totals_CountRunsThatProveNothingNowhere()
    {
        var right = Judged(Fault, "WG-A");
        var totals = Totals.Of([right, Judged(Fault, "WG-B"), right with { Outcome = Outcome.ScenarioError }]);

        (totals.Faults, totals.FaultsFirst, totals.Errors).ShouldBe((2, 1, 1));
        totals.Recall.ShouldBe(0.5);
        totals.Precision.ShouldBe(0.5);
    }

    private static Verdict Judged(Scenario scenario, string found)
    {
        var empty = new Verdict
        {
            Scenario = scenario.Name,
            Kind = KubeWgDiag.Accuracy.Running.CellSelection.KindOf(scenario),
            Layout = "Sites",
            Family = 4,
            Kernel = false,
            Expected = [.. scenario.Expected.Select(codes => codes[0])],
            Outcome = Outcome.ScenarioError,
            Found = [],
            False = [],
            Seconds = 1,
            Facts = "",
        };
        var causes = found.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Cause).ToList();
        return Judge.Compare(
            empty, scenario, new DiagnosisReport { Tunnels = [], RootCauses = causes, CouldNotCheck = [], Summary = "" });
    }

    private static RootCause Cause(string code)
    {
        var finding = new Finding
        {
            Code = code.Replace("info:", "", StringComparison.Ordinal),
            Layer = Layer.Route,
            Severity = code.StartsWith("info:", StringComparison.Ordinal) ? Severity.Info : Severity.Warning,
            Confidence = 1,
            Subject = new Subject { Node = "node-1" },
            Message = "",
            Explanation = "",
            FalsifiedBy = "",
            Evidence = [],
        };
        return new RootCause(finding, [], [], []);
    }
}
