// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Operator.Intake;
using Xunit.Abstractions;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Intake.Hostile;

/// <summary>Reports that are as large as they may be, in the shape that costs the rules most.</summary>
public sealed class LargestReportTests(ITestOutputHelper output)
{
    /// <summary>Room that the rest of the facts takes.</summary>
    private const int Frame = 4096;

    private const string Peer = """{"publicKey":"k%","received":{"value":0},"sent":{"value":0},"allowedIps":[]}""";

    private static readonly Dictionary<string, (string List, string Item, double Share)[]> Shapes = new(StringComparer.Ordinal)
    {
        ["peers"] = [("peers", Peer, 1)],
        ["peers of one key"] = [("peers", Peer.Replace("%", "", StringComparison.Ordinal), 1)],
        ["peers and routes"] =
            [("peers", Peer.Replace("[]", "[\"10.%.0.0/32\"]", StringComparison.Ordinal), 0.5), ("routes", """{"destination":"10.%.0.0/32","table":254,"type":"Unicast","nextHops":[{"link":2}]}""", 0.5)],
        ["routes over one another"] = [("routes", """{"destination":"10.0.0.0/8","table":%,"type":"Unicast","nextHops":[{"link":2}]}""", 1)],
        ["prefixes of one peer"] = [("allowedIps", "\"10.%.0.0/32\"", 1)],
        ["one prefix again and again"] = [("allowedIps", "\"10.0.0.0/8\"", 0.97)],
        ["peers, rules and lookups"] =
        [
            ("peers", Peer.Replace("[]", "[\"10.%.0.0/32\"]", StringComparison.Ordinal), 0.4),
            ("rules", """{"family":"IPv4","priority":%,"action":1,"table":%}""", 0.2),
            ("routeLookups", """{"purpose":"AllowedIp","device":"wg0","destination":"10.%.0.1","prefix":"10.%.0.0/32","type":"Unicast","link":2}""", 0.4),
        ],
        ["addresses and links"] =
            [("addresses", """{"link":%,"address":"10.%.0.1","prefixLength":8}""", 0.5), ("links", """{"index":%,"name":"wg%","kind":"wireguard","up":true,"mtu":1420}""", 0.5)],
        ["devices"] = [("devices", """{"name":"wg%","implementation":"Kernel","publicKey":"k%","peers":[]}""", 0.07), ("links", """{"index":%,"name":"wg%","kind":"wireguard","up":true,"mtu":1420}""", 0.9)],
    };

    public static TheoryData<string> ShapeNames => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Diagnose_LargestReportOfAShape_IsRefusedOrQuick(string shape)
    {
        var status = new NodeProbeStatus { Run = "r", Phase = NodeProbePhase.Complete, Facts = JsonDocument.Parse(Json(Shapes[shape])).RootElement };
        StatusBytes.Of(status).ShouldBeInRange(StatusBytes.Max * 8 / 10, StatusBytes.Max);
        // What the first report of a process costs once, the serializer's tables, is not this report's.
        ReportIntake.Read(NodeProbe("node-1", "r", Answer("r", Facts("node-1")))).ShouldBeOfType<NodeReport.Facts>();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();

        var report = ReportIntake.Read(NodeProbe("node-1", "r", status));

        var intake = clock.Elapsed;
        var memory = GC.GetAllocatedBytesForCurrentThread() - before;
        if (report is NodeReport.Facts facts) DiagnosisEngine.Diagnose(new DiagnosisInput([facts.Value, Facts("node-2")], new Thresholds()));
        output.WriteLine($"{report.GetType().Name}: intake {intake.TotalMilliseconds:0} ms and {memory >> 10} KiB, all {clock.ElapsedMilliseconds} ms");
        report.ShouldBeOfType<NodeReport.Facts>((report as NodeReport.Invalid)?.Message);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        // The engine's share is bounded by time; what is read must not be a multiple of what came.
        memory.ShouldBeLessThan(32L * StatusBytes.Max);
    }

    [Theory]
    [InlineData(ListBounds.Devices + 1, 0, "257 WireGuard devices, more than 256")]
    [InlineData(0, ListBounds.Rules + 1, "1025 routing rules in one namespace, more than 1024")]
    public void Read_MoreThanANodeHas_IsRefusedWithTheNumbers(int devices, int rules, string reason)
    {
        var space = Namespace() with
        {
            KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([.. Enumerable.Range(0, devices).Select(i => new WireGuardDeviceFact { Name = $"wg{i}", Implementation = WireGuardImplementation.Kernel })]),
            Rules = Read<IReadOnlyList<RuleFact>>([.. Enumerable.Range(0, rules).Select(i => new RuleFact { Family = Diagnosis.Net.IpFamily.IPv4, Action = 1, Priority = (uint)i })]),
        };

        ReportIntake.Read(NodeProbe("node-1", "r", Answer("r", Facts("node-1") with { Namespaces = [space] })))
            .ShouldBeOfType<NodeReport.Invalid>().Message.ShouldBe($"the facts hold {reason}");
    }

    private static byte[] Json((string List, string Item, double Share)[] parts)
    {
        var json = JsonSerializer.SerializeToNode(Facts("node-1"), FactsJsonContext.Default.NodeFacts)!.AsObject();
        var space = json["namespaces"]![0]!.AsObject();
        var lists = parts.ToDictionary(part => part.List, part => Many(part.Item, (int)(part.Share * (StatusBytes.Max - Frame))), StringComparer.Ordinal);
        var peers = lists.GetValueOrDefault("peers")
            ?? new JsonArray(JsonNode.Parse("""{"publicKey":"k","allowedIps":[]}"""));
        if (lists.GetValueOrDefault("allowedIps") is { } prefixes) peers[0]!["allowedIps"] = prefixes;
        space["kernelWireGuard"]!["value"] = lists.GetValueOrDefault("devices")
            ?? new JsonArray(new JsonObject { ["name"] = "wg0", ["implementation"] = "Kernel", ["publicKey"] = "own", ["peers"] = peers });
        space["links"]!["value"] = new JsonArray(JsonNode.Parse("""{"index":2,"name":"wg0","kind":"wireguard","up":true,"mtu":1420}"""));
        foreach (var list in new[] { "routes", "rules", "addresses", "links", "routeLookups" })
        {
            if (lists.GetValueOrDefault(list) is { } value) space[list]!["value"] = value;
        }

        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static JsonArray Many(string item, int bytes)
    {
        var list = new JsonArray();
        for (int i = 1, size = 0; size < bytes; i++)
        {
            // A number that is also two octets of an address.
            var number = item.Contains("10.%", StringComparison.Ordinal) ? $"{i / 256}.{i % 256}" : $"{i}";
            var text = item.Replace(".%.0", $".{number}", StringComparison.Ordinal).Replace("%", $"{i}", StringComparison.Ordinal);
            size += text.Length + 1;
            list.Add(JsonNode.Parse(text));
        }

        return list;
    }
}
