// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Operator.Intake;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Intake;

public sealed class ReportIntakeTests
{
    [Fact]
    public void Read_GoodFacts_AreTakenIn() => ReadFacts(_ => { }).ShouldBeOfType<NodeReport.Facts>().Value.Node.ShouldBe("node-1");

    [Fact]
    public void Read_SameObjectTwice_IsParsedOnce()
    {
        var probe = NodeProbe("node-1", "r", Answer("r", Facts("node-1")));

        ReportIntake.Read(probe).ShouldBeSameAs(ReportIntake.Read(probe));
    }

    [Fact]
    public void Read_NotAnsweredYet_IsSilent()
    {
        ReportIntake.Read(NodeProbe("node-1", "r")).ShouldBe(new NodeReport.Silent(null));
        ReportIntake.Read(NodeProbe("node-1", "r", new() { Run = "r", Phase = NodeProbePhase.Running, StartTime = Noon })).ShouldBe(new NodeReport.Silent(Noon));
    }

    [Fact]
    public void Read_AnswerToAnotherRun_IsSilent() =>
        ReportIntake.Read(NodeProbe("node-1", "r2", Answer("r1", Facts("node-1")))).ShouldBe(new NodeReport.Silent(null));

    [Fact]
    public void Read_Failed_GivesTheProbesWordsWithoutControlCharacters() =>
        ReportIntake.Read(NodeProbe("node-1", "r", new() { Run = "r", Phase = NodeProbePhase.Failed, Message = "no \u001b[31mrights\u0007" }))
            .ShouldBe(new NodeReport.Failed("no  [31mrights"));

    [Fact]
    public void Read_CompleteWithoutFacts_IsInvalid() =>
        ReportIntake.Read(NodeProbe("node-1", "r", new() { Run = "r", Phase = NodeProbePhase.Complete })).ShouldBeOfType<NodeReport.Invalid>();

    public static TheoryData<string, Action<JsonObject>> HostileFacts => new()
    {
        { "another node", facts => facts["node"] = "node-2" },
        { "no version", facts => facts.Remove("version") },
        { "another major version", facts => facts["version"] = "facts.kubewgdiag.io/v2" },
        { "a version that is no text", facts => facts["version"] = 1 },
        { "a version with a longer number", facts => facts["version"] = "facts.kubewgdiag.io/v10" },
        { "control characters", facts => Host(facts)["name"] = "host\u001b[2J" },
        { "direction marks", facts => Host(facts)["name"] = "\u202ehost" },
        { "control characters in a key", facts => Host(facts)["sysctls"]!["value"]!["net.\u0001"] = 1 },
        { "a long string", facts => Host(facts)["name"] = new string('x', 5000) },
        { "too much", facts => facts["more"] = new JsonArray([.. Enumerable.Repeat(0, 200).Select(_ => JsonValue.Create(new string('x', 4000)))]) },
        { "no namespaces", facts => facts["namespaces"] = new JsonArray() },
        { "many namespaces", facts => facts["namespaces"] = new JsonArray([.. Enumerable.Range(0, 65).Select(_ => Host(facts).DeepClone())]) },
        { "a null in a list", facts => Host(facts)["links"]!["value"] = new JsonArray(null, null) },
        { "a namespace that is null", facts => facts["namespaces"] = new JsonArray((JsonNode?)null) },
        { "a fact with neither value nor reason", facts => Host(facts)["links"]!.AsObject().Remove("value") },
        { "a missing required field", facts => Host(facts).Remove("links") },
        { "a list of another type", facts => Host(facts)["links"]!["value"] = "links" },
        { "a number out of range", facts => Host(facts)["links"]!["unknown"] = 1e300 },
        { "a missing list", facts => Host(facts).Remove("uapiSocketProblems") },
        { "a device without peers", facts => Host(facts)["kernelWireGuard"]!["value"] = JsonNode.Parse("""[{"name":"wg0","implementation":"Kernel"}]""") },
        { "a prefix that is none", facts => Host(facts)["routes"]!["value"] = JsonNode.Parse("""[{"destination":"10.0.0.0/99","table":254,"type":"Unicast"}]""") },
        { "an array", facts => facts["node"] = new JsonArray() },
        { "deep nesting", facts => facts["deep"] = Deep(40) },
    };

    [Theory]
    [MemberData(nameof(HostileFacts))]
    public void Read_HostileFacts_AreRefusedWithoutQuotingThem(string what, Action<JsonObject> spoil)
    {
        var message = ReadFacts(spoil).ShouldBeOfType<NodeReport.Invalid>(what).Message;

        message.Length.ShouldBeLessThan(300);
        message.ShouldNotContain('\u001b');
    }

    [Fact]
    public void Read_MinorVersionAndUnknownFields_AreTakenIn() =>
        ReadFacts(facts =>
        {
            facts["version"] = "facts.kubewgdiag.io/v1.3";
            facts["fromTheFuture"] = new JsonObject { ["a"] = 1 };
        }).ShouldBeOfType<NodeReport.Facts>();

    [Property(MaxTest = 300)]
    public void Read_FactsCutOrChangedAnywhere_NeverThrows(ushort at, byte with)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Facts("node-1"), FactsJsonContext.Default.NodeFacts);
        json[at % json.Length] = with;
        JsonElement element;
        try
        {
            element = JsonDocument.Parse(json).RootElement;
        }
        catch (JsonException)
        {
            // The client refuses it before anybody reads facts.
            return;
        }

        ReportIntake.Read(NodeProbe("node-1", "r", new() { Run = "r", Phase = NodeProbePhase.Complete, Facts = element })).ShouldNotBeNull();
    }

    private static NodeReport ReadFacts(Action<JsonObject> spoil)
    {
        var json = JsonSerializer.SerializeToNode(Facts("node-1"), FactsJsonContext.Default.NodeFacts)!.AsObject();
        spoil(json);
        var status = new NodeProbeStatus { Run = "r", Phase = NodeProbePhase.Complete, Facts = JsonDocument.Parse(json.ToJsonString()).RootElement };
        return ReportIntake.Read(NodeProbe("node-1", "r", status));
    }

    private static JsonObject Host(JsonObject facts) => facts["namespaces"]![0]!.AsObject();

    private static JsonNode Deep(int levels) => levels == 0 ? JsonValue.Create(1) : new JsonArray(Deep(levels - 1));
}
