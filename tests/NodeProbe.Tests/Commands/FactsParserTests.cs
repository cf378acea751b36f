// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Xunit;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Output;
using KubeWgDiag.NodeProbe.Tests.Output;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

public sealed class FactsParserTests
{
    private static readonly string Good = FactsText.Of(SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(SampleFacts.Peer(1)))));

    [Fact]
    public void TryParse_OneNode_ReadsIt() => Parse(Good).Nodes.ShouldBe(["node-a"]);

    [Fact]
    public void TryParse_ByteOrderMark_IsHarmless() => Parse("\uFEFF" + Good).Nodes.ShouldBe(["node-a"]);

    [Fact]
    public void TryParse_Array_ReadsAll() =>
        Parse($"[{Good}, {Good.Replace("node-a", "node-b", StringComparison.Ordinal)}]").Nodes.ShouldBe(["node-a", "node-b"]);

    [Fact]
    public void TryParse_NewerMinorVersionWithNewFields_ReadsIt() =>
        Parse(Changed(n => (n["version"], n["somethingNew"]) = ("facts.kubewgdiag.io/v1.7", 5))).Nodes.ShouldBe(["node-a"]);

    [Theory]
    [InlineData("", 1, "")]
    [InlineData("nonsense", 1, "")]
    [InlineData("[]", 1, "no facts")]
    [InlineData("{\n  \"node\": \"a\",\n  \"node\n", 3, "")]
    [InlineData("{\n}", 2, "required")]
    [InlineData("\"text\"", 1, "")]
    public void TryParse_Broken_SaysLineAndReason(string text, long line, string reason)
    {
        var problem = Parse(text).Problem.ShouldNotBeNull();
        problem.Line.ShouldBe(line);
        problem.Reason.ShouldContain(reason);
        problem.Reason.ShouldNotContain("LineNumber");
    }

    [Theory]
    [InlineData("facts.kubewgdiag.io/v2")]
    [InlineData("facts.kubewgdiag.io/v10")]
    [InlineData("facts.kubewgdiag.io/v")]
    [InlineData("other")]
    [InlineData("\\ud800", "?")]
    public void TryParse_ForeignVersion_IsRefusedBeforeAnythingElse(string version, string? shown = null)
    {
        var problem = Parse($"{{\n\"version\": \"{version}\",\n\"anything\": null}}").Problem.ShouldNotBeNull();
        problem.ShouldBe(new ParseProblem(2, $"facts of version '{shown ?? version}' cannot be read by this program, which reads facts.kubewgdiag.io/v1"));
    }

    [Fact]
    public void TryParse_NullInsideAList_IsRefused()
    {
        var problem = Parse(Changed(n => n["namespaces"]!.AsArray().Add(null))).Problem.ShouldNotBeNull();
        problem.Reason.ShouldBe("facts.namespaces is null where a value has to be");
        problem.Line.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void TryParse_FactWithoutValueAndReason_IsRefused()
    {
        var problem = Parse(Changed(n => n["namespaces"]![0]!["routes"]!.AsObject().Remove("value"))).Problem.ShouldNotBeNull();
        problem.Reason.ShouldBe("a fact has neither or both of value and notAvailable (at $.namespaces[0].routes)");
    }

    [Fact]
    public void TryParse_WrongAddress_NamesThePlace()
    {
        var problem = Parse(Changed(n => n["namespaces"]![0]!["addresses"]!["value"]![0]!["address"] = "10.0.0.256")).Problem.ShouldNotBeNull();
        problem.Reason.ShouldContain("not an IP address");
        problem.Reason.ShouldContain("$.namespaces[0].addresses.value[0].address");
    }

    [Property(MaxTest = 2000)]
    public bool TryParse_AnyByteChanged_IsReadOrRefused(NonNegativeInt position, byte value)
    {
        var bytes = Encoding.UTF8.GetBytes(Good);
        bytes[position.Get % bytes.Length] = value;
        return FactsParser.TryParse(bytes, out var nodes, out var problem) ? nodes.Count == 1 && problem is null : problem.Line > 0;
    }

    private static (IEnumerable<string> Nodes, ParseProblem? Problem) Parse(string text)
    {
        return FactsParser.TryParse(Encoding.UTF8.GetBytes(text), out var nodes, out var problem) ? (nodes.Select(n => n.Node), null) : ([], problem);
    }

    private static string Changed(Action<JsonNode> change)
    {
        var node = JsonNode.Parse(Good)!;
        change(node);
        return node.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver() });
    }
}
