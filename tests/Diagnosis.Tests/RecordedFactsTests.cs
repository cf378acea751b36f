// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Tests;

/// <summary>
/// Facts that the probe read on real networks (wireguard-go in namespaces, laid out as flannel does it, three nodes) with one fault each, and what
/// was found there; the commands in the expectations mended the fault when they were run.
/// </summary>
public sealed class RecordedFactsTests
{
    private static readonly string Root = Find("tests/fixtures/diagnosis");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Cases))]
    public void Diagnose_RecordedFacts_GivesTheExpectedReport(string name)
    {
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(Facts(name), new Thresholds()));
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, name, "expected.json")))!;
        var found = new JsonObject
        {
            ["rootCauses"] = new JsonArray([.. report.RootCauses.Select(Cause)]),
            ["tunnels"] = Texts(report.Tunnels.Select(tunnel => $"{tunnel.Tunnel.FromNode} -> {tunnel.Tunnel.ToNode ?? "?"}: {tunnel.State}")),
        };
        found.ToJsonString().ShouldBe(expected.ToJsonString());
        report.CouldNotCheck.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Cases))]
    public void Diagnose_PartOfTheNodes_NamesNothingElse(string name)
    {
        var facts = Facts(name);
        var codes = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds())).RootCauses.Select(cause => cause.Finding.Code)
            .Append("WG-HANDSHAKE-NEVER").Append("WG-HANDSHAKE-STALE").ToHashSet();
        for (var mask = 1; mask < 1 << facts.Count; mask++)
        {
            var part = facts.Where((_, index) => (mask >> index & 1) == 1).ToList();
            DiagnosisEngine.Diagnose(new DiagnosisInput(part, new Thresholds())).RootCauses
                .Where(cause => cause.Finding.Severity >= Severity.Warning && !codes.Contains(cause.Finding.Code))
                .Select(cause => cause.Finding.Message).ShouldBeEmpty();
        }
    }

    private static List<NodeFacts> Facts(string name) =>
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(Root, name, "facts.json")))!.AsArray().Select(node => node.Deserialize(FactsJsonContext.Default.NodeFacts)!)];

    private static JsonObject Cause(RootCause cause) => new()
    {
        ["code"] = cause.Finding.Code,
        ["node"] = cause.Finding.Subject.Node,
        ["severity"] = cause.Finding.Severity.ToString(),
        ["commands"] = Texts(cause.Finding.Remediation.Select(step => $"{step.Node}: {step.Command}")),
        ["consequences"] = Texts(cause.Consequences.Select(finding => finding.Code)),
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    private static string Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, relative);
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new DirectoryNotFoundException(relative);
    }
}
