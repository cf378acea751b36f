// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Crds.Tests;

public sealed class ExamplesTests
{
    public static TheoryData<string> Valid => [.. Files("tests/fixtures/crds/valid").Concat(Examples())];

    public static TheoryData<string> Invalid => [.. Files("tests/fixtures/crds/invalid")];

    [Theory]
    [MemberData(nameof(Valid))]
    public void Example_PassesItsSchema(string file) => Errors(file).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Invalid))]
    public void BadExample_BreaksTheRuleInItsFirstLine(string file)
    {
        string expected = File.ReadLines(Repository.Path(file.Split('/'))).First().TrimStart('#', ' ');
        Errors(file).ShouldHaveSingleItem().ShouldStartWith(expected);
    }

    private static IReadOnlyList<string> Errors(string file)
    {
        var resource = YamlToJson.Parse(File.ReadAllText(Repository.Path(file.Split('/'))))!;
        return SchemaValidator.Errors(Definitions.SchemaOf(resource["kind"]!.GetValue<string>()), resource);
    }

    // The documentation's examples of our two kinds, as soon as there are some.
    private static IEnumerable<string> Examples() =>
        Directory.Exists(Repository.Path("docs", "examples"))
            ? Files("docs/examples").Where(f => File.ReadLines(Repository.Path(f.Split('/'))).Any(l => l.StartsWith("apiVersion: " + CrdTypes.Group, StringComparison.Ordinal)))
            : [];

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Repository.Path(folder.Split('/')), "*.yaml").Order().Select(f => $"{folder}/{Path.GetFileName(f)}");
}
