// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Generator;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

/// <summary>The published schema of facts: it is what the records say, and what is read fits it.</summary>
public sealed class FactsSchemaTests
{
    private static readonly string File = Path.Combine(RepositoryRoot.Path, "docs", "schemas", "facts.v1.schema.json");

    private static JsonObject Schema => JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();

    [Fact]
    public void File_IsWhatTheRecordsSay() =>
        (System.IO.File.ReadAllText(File) == FactsSchema.Render()).ShouldBeTrue(
            "run: dotnet run --project crds/Generator -- write-facts docs/schemas/facts.v1.schema.json");

    [Fact]
    public async Task Facts_OfThisMachine_FitTheSchema()
    {
        var request = new CollectionRequest { NodeName = "here", Observation = TimeSpan.FromMilliseconds(10) };
        var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);
        Problems(JsonSerializer.SerializeToNode(facts, FactsJsonContext.Default.NodeFacts)!).ShouldBeEmpty();
    }

    [Fact]
    public void Facts_OfEveryRecordedFault_FitTheSchema()
    {
        var files = Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "diagnosis"), "facts.json", SearchOption.AllDirectories);
        files.Length.ShouldBeGreaterThan(20);
        foreach (var node in files.SelectMany(file => JsonNode.Parse(System.IO.File.ReadAllText(file))!.AsArray())) Problems(node!).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("node", "5")]
    [InlineData("namespaces", "{}")]
    [InlineData("namespaces", "[{\"id\":\"net:[1]\"}]")]
    [InlineData("at", "null")]
    [InlineData("unheardOf", "1")]
    public void Facts_OfAnotherShape_DoNotFit(string property, string value)
    {
        var good = new JsonObject { ["version"] = NodeFacts.CurrentVersion, ["node"] = "n", ["at"] = "2026-01-02T03:04:05+00:00", ["namespaces"] = new JsonArray() };
        Problems(good).ShouldBeEmpty();
        good[property] = JsonNode.Parse(value);
        Problems(good).ShouldNotBeEmpty();
    }

    [Fact]
    public void Properties_OfTheSchema_AllHaveADescriptionOrSpeakForThemselves()
    {
        var described = Schema["properties"]!.AsObject().Count(p => p.Value!["description"] is not null);
        described.ShouldBe(Schema["properties"]!.AsObject().Count);
    }

    private static IReadOnlyList<string> Problems(JsonNode facts)
    {
        var schema = Schema;
        var problems = new List<string>();
        JsonSchemaCheck.Check(schema, schema, facts, "$", problems);
        return [.. problems.Take(10)];
    }
}
