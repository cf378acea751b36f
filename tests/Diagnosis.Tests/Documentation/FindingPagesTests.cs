// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Diagnosis.Tests.Documentation;

/// <summary>docs/findings has one page per code, and the tables there say what the code says.</summary>
public sealed class FindingPagesTests
{
    private static readonly string[] Sections =
        ["## What it means", "## How it is seen", "## Confirm by hand", "## Mend", "## False alarms", "## References"];

    private static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "docs", "findings");

    public static TheoryData<string> Codes() => [.. RuleCatalogue.Descriptors.Select(rule => rule.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Page_OfEachCode_HasTheTableAndAllSections(string code)
    {
        var rule = RuleCatalogue.Descriptors.Single(descriptor => descriptor.Code == code);
        var page = File.ReadAllLines(Path.Combine(Folder, $"{code}.md"));

        page[0].ShouldStartWith($"# {code}: ");
        page.ShouldContain($"| {code} | {rule.Layer} | {rule.Severity} |");
        page.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).ShouldBe(Sections);
    }

    [Fact]
    public void Index_ListsEachCodeOnce_WithItsLayerAndSeverity()
    {
        var rows = File.ReadAllLines(Path.Combine(Folder, "README.md"))
            .Where(line => line.StartsWith("| [WG-", StringComparison.Ordinal))
            .Select(line => string.Join('|', line.Split('|').Take(4)).TrimEnd());

        rows.ShouldBe(
            RuleCatalogue.Descriptors.Select(rule => $"| [{rule.Code}]({rule.Code}.md) | {rule.Layer} | {rule.Severity}"),
            ignoreOrder: true);
    }

    [Fact]
    public void Pages_WithoutARule_DoNotExist() =>
        Directory.GetFiles(Folder, "WG-*.md").Select(Path.GetFileNameWithoutExtension)
            .ShouldBe(RuleCatalogue.Descriptors.Select(rule => rule.Code), ignoreOrder: true);
}
