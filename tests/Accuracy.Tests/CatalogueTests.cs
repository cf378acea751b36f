// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Accuracy.Running;
using KubeWgDiag.Accuracy.Scenarios;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Accuracy.Tests;

/// <summary>The scenarios as a whole: nothing twice, nothing forgotten, nothing that points nowhere.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void EveryRule_HasAScenarioOrSaysWhyNot()
    {
        var covered = ScenarioCatalogue.Faults.Select(s => s.Code).ToHashSet();

        RuleCatalogue.Descriptors.Select(rule => rule.Code).Where(code => !covered.Contains(code)).Distinct(StringComparer.Ordinal)
            .ShouldBeEmpty("rules without a scenario");
    }

    [Fact]
    public void EveryScenario_HasANameOfItsOwnAndIsRunOrDeclaredImpossible()
    {
        ScenarioCatalogue.Everything.GroupBy(s => s.Name).Where(same => same.Count() > 1).Select(same => same.Key).ShouldBeEmpty();
        foreach (var scenario in ScenarioCatalogue.Everything.Where(s => s.NotReproducible is null))
        {
            (Cell.Of(scenario, kernel: false).Any() || Cell.Of(scenario, kernel: true).Any()).ShouldBeTrue($"{scenario.Name} is never run");
            if (scenario.Expected.Count > 0 && scenario.Parts.Count == 0)
                (scenario.Hurts != Hurt.None || scenario.Effect is not null).ShouldBeTrue($"{scenario.Name} proves nothing");
        }
    }

    [Fact]
    public void EveryImpossibleScenario_NamesATestThatIsThere()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "tests"), "*.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension).ToHashSet(StringComparer.Ordinal);

        foreach (var scenario in ScenarioCatalogue.Everything.Where(s => s.NotReproducible is not null))
        {
            var test = scenario.CoveredBy.ShouldNotBeNull(scenario.Name);
            (tests.Contains(test) || Directory.Exists(Path.Combine(RepositoryRoot.Path, "tests/fixtures/diagnosis", test)))
                .ShouldBeTrue($"{scenario.Name} is covered by {test}, which does not exist");
        }
    }

    [Fact]
    public void TheMatrix_IsAsBigAsItSays()
    {
        ScenarioCatalogue.Healthy.Count.ShouldBeGreaterThanOrEqualTo(25);
        ScenarioCatalogue.Pairs.Count.ShouldBeGreaterThanOrEqualTo(30);
        ScenarioCatalogue.Everything.SelectMany(s => Cell.Of(s, kernel: false)).Select(c => c.Layout).Distinct()
            .ShouldBe([Layouts.Flannel, Layouts.Calico, Layouts.Hub, Layouts.Sites], ignoreOrder: true);
    }
}
