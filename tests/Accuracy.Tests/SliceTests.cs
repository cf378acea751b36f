// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Judging;

namespace KubeWgDiag.Accuracy.Tests;

/// <summary>The short run of the accuracy matrix; docs/accuracy.md has the whole one.</summary>
[Trait("Category", "Lab")]
public sealed class SliceTests(SliceFixture slice) : IClassFixture<SliceFixture>
{
    public static TheoryData<string> Names() => [.. SliceFixture.Cells.Select(cell => cell.Scenario.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Scenario_MadeInARealNetwork_IsDiagnosedRight(string name)
    {
        Skip.If(slice.Missing is not null, slice.Missing);
        var verdict = slice.Verdicts[name];
        verdict.Outcome.ShouldBe(
            Outcome.Right,
            $"{verdict.Layout} v{verdict.Family}: expected {string.Join(" and ", verdict.Expected)}, found {string.Join(", ", verdict.Found)}; {verdict.Error}; facts in {verdict.Facts}");
    }
}
