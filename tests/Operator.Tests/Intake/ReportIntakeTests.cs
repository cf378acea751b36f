// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Operator.Intake;
using KubeWgDiag.Operator.Reporting;
using KubeWgDiag.Operator.Runs;
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
            .ShouldBe(new NodeReport.Failed("no [31mrights"));

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
        { "a long list", facts => facts["more"] = new JsonArray([.. Enumerable.Repeat(0, 20_001).Select(_ => JsonValue.Create(1))]) },
        { "a time that no clock shows", facts => facts["at"] = "9999-12-31T23:59:59Z" },
        { "a time before clocks", facts => facts["at"] = "0001-01-01T00:00:00Z" },
        { "an observation of years", facts => facts["observedSeconds"] = 1e9 },
        { "a negative observation", facts => facts["observedSeconds"] = -1 },
        { "a number that overflows", facts => Host(facts)["links"]!["durationMs"] = 1e300 },
        { "a null anywhere", facts => facts["fromTheFuture"] = new JsonObject { ["a"] = null } },
        { "packet filters without tables", facts => Host(facts)["netfilter"] = Fact("""{"ipSets":[],"gaps":[]}""") },
        { "a chain without rules", facts => Host(facts)["netfilter"] = Fact("""{"ipSets":[],"gaps":[],"tables":[{"backend":"Legacy","family":"Ipv4","name":"filter","chains":[{"name":"INPUT"}],"sets":[]}]}""") },
        { "connections without flows", facts => Host(facts)["conntrackFlows"] = Fact("{}") },
        { "sockets without a list", facts => Host(facts)["udpSockets"] = Fact("""{"seen":1}""") },
        { "a socket without devices", facts => Host(facts)["udpSockets"] = Fact("""{"seen":1,"sockets":[{"family":"IPv4","local":"10.0.0.1","localPort":1}]}""") },
        { "queues without a list", facts => Host(facts)["trafficControl"] = Fact("{}") },
        { "a network configuration without folders", facts => facts["cni"] = Fact("{}") },
        { "a clock without sources", facts => facts["host"] = new JsonObject { ["clock"] = Fact("{}") } },
        { "a kernel without taints", facts => facts["host"] = new JsonObject { ["kernel"] = Fact("""{"release":"6.1"}""") } },
        { "a fact of the host with both", facts => facts["host"] = new JsonObject { ["load"] = Both() } },
    };

    [Theory]
    [MemberData(nameof(HostileFacts))]
    public void Read_HostileFacts_AreRefusedWithoutQuotingThem(string what, Action<JsonObject> spoil)
    {
        var message = ReadFacts(spoil).ShouldBeOfType<NodeReport.Invalid>(what).Message;

        message.Length.ShouldBeLessThan(300);
        message.ShouldNotContain('\u001b');
    }

    // A JsonObject cannot hold these; text can.
    [Theory]
    [InlineData("\"node\":\"node-1\",", "\"node\":\"node-1\",\"node\":\"node-1\",", "form of their version")]
    [InlineData("\"host\"", "\"ho\\ud800st\"", "facts.namespaces.name is not valid text")]
    [InlineData("\"host\"", "\"ho\\u0000st\"", "facts.namespaces.name has control characters")]
    [InlineData("\"host\"", "\"ho\\u202est\"", "facts.namespaces.name has control characters")]
    public void Read_HostileText_IsRefused(string good, string bad, string reason)
    {
        var text = JsonSerializer.Serialize(Facts("node-1"), FactsJsonContext.Default.NodeFacts);
        text.ShouldContain(good);
        var status = new NodeProbeStatus { Run = "r", Phase = NodeProbePhase.Complete, Facts = JsonDocument.Parse(text.Replace(good, bad, StringComparison.Ordinal)).RootElement };

        ReportIntake.Read(NodeProbe("node-1", "r", status)).ShouldBeOfType<NodeReport.Invalid>().Message.ShouldContain(reason);
    }

    [Fact]
    public void Read_StatusThatIsTooLargeAroundItsFacts_IsRefused()
    {
        var finding = new LocalFinding { Code = "WG-X", Severity = Crds.TunnelDiagnoses.SeverityStatus.Info, ConfidencePercent = 1, Message = new string('x', 1024) };
        var small = Answer("r", Facts("node-1"));
        var large = small with { Findings = [.. Enumerable.Repeat(finding, 300)] };

        ReportIntake.Read(NodeProbe("node-1", "r", small)).ShouldBeOfType<NodeReport.Facts>();
        ReportIntake.Read(NodeProbe("node-1", "r", large)).ShouldBe(new NodeReport.Invalid("the status is larger than 262144 bytes"));
    }

    [Fact]
    public void StatusBytes_AnyStatus_AreThoseOfItsJson()
    {
        var text = $$"""{"run":"r","phase":"Complete","probeVersion":"0.1.0","facts":{{JsonSerializer.Serialize(Facts("node-1"), FactsJsonContext.Default.NodeFacts)}},"message":"m"}""";

        StatusBytes.Of(JsonSerializer.Deserialize(text, Crds.CrdsJsonContext.Default.NodeProbeStatus)!).ShouldBe(text.Length);
    }

    [Fact]
    public void Diagnose_TruncatedReport_IsNeverHealthy()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "fixtures", "diagnosis", "flannel-v4-healthy", "facts.json");
        var nodes = JsonSerializer.Deserialize(File.ReadAllBytes(file), FactsJsonContext.Default.ListNodeFacts).ShouldNotBeNull();

        Healthy(nodes).ShouldBe("True");
        for (var i = 0; i < nodes.Count; i++)
            Healthy(nodes.Select((node, at) => at == i ? node with { Truncated = true, TruncatedWhat = "left out: 3 routes" } : node)).ShouldNotBe("True");

        static string Healthy(IEnumerable<NodeFacts> sent)
        {
            var facts = sent.Select(node => ReportIntake.Read(NodeProbe(node.Node, "r", Answer("r", node))).ShouldBeOfType<NodeReport.Facts>().Value).ToList();
            var report = Diagnosis.DiagnosisEngine.Diagnose(new Diagnosis.DiagnosisInput(facts, new Diagnosis.Thresholds()));
            var progress = new RunProgress
            {
                Run = new Run("r", Noon, Noon.AddMinutes(1)),
                Nodes = [.. facts.Select(node => node.Node)],
                Facts = facts,
                NotReported = [],
                AllAnswered = true,
                ProbesReady = facts.Count,
            };
            return Verdict.Of(progress, report, TunnelTally.Of(report)).Status;
        }
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

    private static JsonObject Fact(string value) => new() { ["source"] = "test", ["at"] = "2026-11-22T12:00:00Z", ["value"] = JsonNode.Parse(value) };

    private static JsonObject Both()
    {
        var fact = Fact("""{"average1":1,"average5":1,"average15":1}""");
        fact["notAvailable"] = new JsonObject { ["reason"] = "NotPresent", ["detail"] = "" };
        return fact;
    }

    private static JsonNode Deep(int levels) => levels == 0 ? JsonValue.Create(1) : new JsonArray(Deep(levels - 1));
}
