// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KubeWgDiag.Cluster.Tests.Support;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Chaos.Planning;

/// <summary>A mesh of three nodes with a fault that is known: what was read on a real network, and what a person who broke it expects to be found.</summary>
/// <param name="Name">Folder under tests/fixtures/diagnosis.</param>
/// <param name="Causes">Code and node of each root cause, ranked.</param>
internal sealed record KnownMesh(string Name, IReadOnlyList<string> Causes)
{
    /// <summary>The cluster's nodes, named as in the recordings.</summary>
    public static IReadOnlyList<string> Nodes { get; } = ["node-1", "node-2", "node-3"];

    private static readonly ConcurrentDictionary<string, Lazy<RecordedMesh>> Recorded = new(StringComparer.Ordinal);

    private static string Root => Path.Combine(RepositoryRoot.Path, "tests/fixtures/diagnosis");

    /// <summary>All there are.</summary>
    public static IReadOnlyList<KnownMesh> All() =>
    [
        .. Directory.GetDirectories(Root).Order(StringComparer.Ordinal).Select(folder => new KnownMesh(Path.GetFileName(folder), CausesOf(folder))),
    ];

    /// <summary>What a node reads; the times in it are those of the first reading in this process.</summary>
    public NodeFacts FactsOf(string node) => Read(Name).Of(node);

    private static RecordedMesh Read(string name) => Recorded.GetOrAdd(name, _ => new(() => RecordedMesh.Load(name, Nodes))).Value;

    private static IReadOnlyList<string> CausesOf(string folder) =>
        [.. JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))!["rootCauses"]!.AsArray().Select(cause => $"{cause!["code"]} {cause["node"]}")];
}
