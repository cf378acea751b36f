// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.Operator.Intake;
using KubeWgDiag.Operator.Reporting;
using Xunit.Abstractions;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Intake.Hostile;

/// <summary>From a hostile NodeProbe to the words of the status: whatever a node writes, the operator answers soon and harmlessly.</summary>
public sealed class HostileReportTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    /// <summary>Far above what is measured (a few milliseconds), so that a machine that is busy does not fail the test; quadratic work takes longer.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Fact]
    public void Forge_UnchangedFacts_AreTakenIn()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var json = new FactsForge(new Random(seed)).Node("node-1");
            Read(json, out _).ShouldBeOfType<NodeReport.Facts>($"seed {seed}");
        }
    }

    [Fact]
    public void Read_TwoThousandMutatedReports_NeverThrowsAndStaysQuick()
    {
        var random = new Random(Seed);
        var taken = 0;
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 2000; i++)
        {
            var json = new FactsForge(random).Node("node-1");
            for (var changes = random.Next(1, 6); changes > 0; changes--) JsonMutation.Change(random, json);
            var clock = Stopwatch.StartNew();
            var report = Read(json, out _);
            if (report is NodeReport.Invalid invalid) ShouldBeForPeople(invalid.Message);
            if (report is NodeReport.Facts facts)
            {
                taken++;
                ShouldBeHarmless(Diagnosed(facts.Value));
            }

            slowest = clock.Elapsed > slowest ? clock.Elapsed : slowest;
        }

        output.WriteLine($"seed {Seed}: {taken} of 2000 taken in, the slowest took {slowest.TotalMilliseconds:0} ms");
        // Neither is everything refused, which would show nothing of the engine, nor is everything taken in.
        taken.ShouldBeInRange(100, 1900);
        slowest.ShouldBeLessThan(Limit);
    }

    [Fact]
    public void Read_RecordedMeshWithOneHostileNode_StillDiagnosesTheOthers()
    {
        var random = new Random(Seed);
        var commands = 0;
        foreach (var recording in Recordings())
        {
            for (var round = 0; round < 10; round++)
            {
                var nodes = recording.Select(node => node.DeepClone().AsObject()).ToList();
                // The names that end in commands: of devices, and of the links that they are.
                var name = Names[random.Next(Names.Length)];
                foreach (var device in nodes[0]["namespaces"]!.AsArray().SelectMany(Devices)) device["name"] = name;
                JsonMutation.Change(random, nodes[0]);
                var facts = nodes.Select(node => Read(node, out _)).OfType<NodeReport.Facts>().Select(report => report.Value).ToArray();
                facts.Length.ShouldBeGreaterThanOrEqualTo(nodes.Count - 1);
                commands += ShouldBeHarmless(Diagnosed(facts));
            }
        }

        output.WriteLine($"seed {Seed}: {commands} commands");
        commands.ShouldBeGreaterThan(0);
    }

    private static readonly string[] Names = ["wg0", "$(reboot)", "a;reboot", "x'y", "a b", "`id`", "-v", "wg0\treboot", "wg0 && reboot", "wg|nc", "%0a", "~root", "wg\\"];

    private static IEnumerable<JsonObject> Devices(JsonNode? space) =>
        new[] { "kernelWireGuard", "userspaceWireGuard", "links" }
            .SelectMany(list => space![list]?["value"]?.AsArray() ?? [])
            .Select(device => device!.AsObject())
            .Where(device => device["name"]!.GetValue<string>().StartsWith("flannel-wg", StringComparison.Ordinal));

    private static IEnumerable<IReadOnlyList<JsonNode>> Recordings() =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "fixtures", "diagnosis"), "facts.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(file => JsonNode.Parse(File.ReadAllBytes(file))!.AsArray().Select(node => node!).ToList());

    private static NodeReport Read(JsonNode facts, out NodeProbe probe)
    {
        var node = facts is JsonObject map && map["node"] is JsonValue value && value.TryGetValue<string>(out var name) && name.Length < 254 ? name : "node-1";
        var text = $$"""{"run":"r","phase":"Complete","facts":{{facts.ToJsonString()}}}""";
        probe = NodeProbe(node, "r", JsonSerializer.Deserialize(text, CrdsJsonContext.Default.NodeProbeStatus));
        return ReportIntake.Read(probe);
    }

    private static TunnelDiagnosisStatus Diagnosed(params IReadOnlyList<NodeFacts> facts)
    {
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        return new()
        {
            RootCauses = RootCauseMapper.Bounded(report.RootCauses.Select(RootCauseMapper.Map), StatusLimits.RootCauses),
            CouldNotCheck = RootCauseMapper.Bounded(report.CouldNotCheck.Select(RootCauseMapper.Map), StatusLimits.CouldNotCheck),
            Summary = PlainText.Clean(report.Summary, StatusLimits.Text),
        };
    }

    private static int ShouldBeHarmless(TunnelDiagnosisStatus status)
    {
        var commands = (status.RootCauses ?? []).SelectMany(cause => cause.Remediation ?? []).SelectMany(step => new[] { step.Command, step.Undo }).OfType<string>().ToList();
        foreach (var command in commands) ShellWords.Of(command).ShouldNotBeNull($"not one line of plain words: {command}");
        foreach (var text in Texts(JsonSerializer.SerializeToNode(status, CrdsJsonContext.Default.TunnelDiagnosisStatus))) PlainText.IsPlain(text).ShouldBeTrue(text);
        return commands.Count;
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(field => Texts(field.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    private static void ShouldBeForPeople(string message)
    {
        message.Length.ShouldBeInRange(10, 400);
        PlainText.IsPlain(message).ShouldBeTrue(message);
        message.ShouldNotContain("reboot", Case.Sensitive); // a field is called secureBoot
    }
}
