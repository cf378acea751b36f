// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Judging;
using Xunit.Abstractions;

namespace KubeWgDiag.Accuracy.Tests;

/// <summary>The short run of the accuracy matrix against the aims of docs/accuracy.md, which has the whole one.</summary>
[Trait("Category", "Lab")]
public sealed class SliceTests(SliceFixture slice, ITestOutputHelper output) : IClassFixture<SliceFixture>
{
    private const double TopOneAim = 0.98;
    private const double PairAim = 0.95;

    /// <summary>Share of runs that may prove nothing on a machine that does much else; they were tried three times.</summary>
    private const double ErrorLimit = 0.03;

    [SkippableFact]
    public void Faults_AreTheFirstRootCause() => Of("fault", totals => totals.TopOne.ShouldBeGreaterThanOrEqualTo(TopOneAim, Wrong("fault")));

    [SkippableFact]
    public void TwoFaultsAtOnce_AreBothNamed() => Of("pair", totals => totals.PairRate.ShouldBeGreaterThanOrEqualTo(PairAim, Wrong("pair")));

    [SkippableFact]
    public void HealthyNetworks_AreLeftAlone() => Of("healthy", totals => totals.FalseAlarms.ShouldBe(0, Wrong("healthy")));

    [SkippableFact]
    public void Scenarios_ProveWhatTheySay()
    {
        Skip.If(slice.Missing is not null, slice.Missing);
        var errors = slice.Verdicts.Values.Where(verdict => verdict.Outcome == Outcome.ScenarioError).Select(Line).ToList();

        errors.ForEach(output.WriteLine);
        ((double)errors.Count / slice.Verdicts.Count).ShouldBeLessThanOrEqualTo(ErrorLimit, string.Join('\n', errors));
    }

    private void Of(string kind, Action<Totals> check)
    {
        Skip.If(slice.Missing is not null, slice.Missing);
        var verdicts = slice.Verdicts.Values.Where(verdict => verdict.Kind == kind).ToList();
        verdicts.Count.ShouldBeGreaterThanOrEqualTo(25, "the short run has every entry once");
        output.WriteLine(Wrong(kind));
        check(Totals.Of(verdicts));
    }

    private string Wrong(string kind) =>
        string.Join('\n', slice.Verdicts.Values.Where(verdict => verdict.Kind == kind && verdict.Outcome == Outcome.Wrong).Select(Line));

    private static string Line(Verdict verdict) =>
        $"{verdict.Scenario} ({verdict.Layout} v{verdict.Family}): expected {string.Join(" and ", verdict.Expected)}, found {string.Join(", ", verdict.Found)}; {verdict.Error}; facts in {verdict.Facts}";
}
