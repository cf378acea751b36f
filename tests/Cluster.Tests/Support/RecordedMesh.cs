// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>
/// What probes read on a recorded mesh of three nodes, told as if it had been read now on the nodes of this cluster. With fewer nodes only
/// their part is told; nodes beyond the third have no WireGuard.
/// </summary>
internal sealed class RecordedMesh
{
    private readonly Dictionary<string, NodeFacts> _facts = new(StringComparer.Ordinal);

    private RecordedMesh(string name, IReadOnlyList<string> nodes, DateTimeOffset now)
    {
        var recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryRoot.Path, "tests/fixtures/diagnosis", name, "facts.json")))!.AsArray();
        var names = Enumerable.Range(0, recorded.Count).ToDictionary(i => (string)recorded[i]!["node"]!, i => i < nodes.Count ? nodes[i] : $"absent-{i}", StringComparer.Ordinal);
        var shift = now - (DateTimeOffset)recorded[0]!["at"]!;
        foreach (var node in recorded.Take(nodes.Count))
            _facts.Add(names[(string)node!["node"]!], Move(node, names, shift).Deserialize(FactsJsonContext.Default.NodeFacts)!);
        var empty = _facts[nodes[0]];
        foreach (var node in nodes.Skip(recorded.Count))
            _facts.Add(node, empty with { Node = node, Namespaces = [.. empty.Namespaces.Select(WithoutWireGuard)] });
    }

    /// <summary>What the engine finds in these facts: code and node of each cause, ranked.</summary>
    public IReadOnlyList<string> Causes =>
        [.. DiagnosisEngine.Diagnose(new DiagnosisInput([.. _facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value)], new Thresholds()))
            .RootCauses.Select(cause => $"{cause.Finding.Code} {cause.Finding.Subject.Node}")];

    /// <param name="name">Folder under tests/fixtures/diagnosis.</param>
    /// <param name="nodes">The cluster's nodes, sorted.</param>
    public static RecordedMesh Load(string name, IReadOnlyList<string> nodes) => new(name, nodes, TimeProvider.System.GetUtcNow());

    /// <summary>What a node reads.</summary>
    public NodeFacts Of(string node) => _facts[node];

    private static NamespaceFacts WithoutWireGuard(NamespaceFacts ns) => ns with
    {
        KernelWireGuard = ns.KernelWireGuard with { Value = ns.KernelWireGuard.Value is null ? null : [] },
        UserspaceWireGuard = ns.UserspaceWireGuard with { Value = ns.UserspaceWireGuard.Value is null ? null : [] },
    };

    /// <summary>Other node names, and every time later by the same span: ages stay what they were.</summary>
    private static JsonNode Move(JsonNode node, Dictionary<string, string> names, TimeSpan shift) => node switch
    {
        JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : (JsonNode?)Move(p.Value, names, shift)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : Move(item, names, shift))]),
        _ when node.GetValueKind() == JsonValueKind.String => Move((string)node!, names, shift),
        _ => node.DeepClone(),
    };

    private static JsonValue Move(string text, Dictionary<string, string> names, TimeSpan shift)
    {
        if (names.TryGetValue(text, out var name)) return JsonValue.Create(name);
        var isTime = text.Length >= 20 && text[4] == '-' && text[10] == 'T'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
        return JsonValue.Create(isTime ? (DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) + shift).ToString("O", CultureInfo.InvariantCulture) : text);
    }
}
