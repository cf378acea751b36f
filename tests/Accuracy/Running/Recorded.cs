// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Cluster;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>What a run left behind besides the facts of the nodes.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Error">Why the run proves nothing; null when the fault was really there (or the healthy network carried its traffic).</param>
/// <param name="Seconds">Wall clock of the whole run.</param>
public sealed record Recorded(string Scenario, string? Error, double Seconds)
{
    /// <summary>What the control plane said; not there when nobody asked it.</summary>
    public const string ClusterFile = "cluster.json";
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Recorded))]
[JsonSerializable(typeof(ClusterFacts))]
internal sealed partial class RecordedJsonContext : JsonSerializerContext;
