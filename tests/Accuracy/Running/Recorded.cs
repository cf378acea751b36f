// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>What a run left behind besides the facts of the nodes.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Error">Why the run proves nothing; null when the fault was really there (or the healthy network carried its traffic).</param>
/// <param name="Seconds">Wall clock of the whole run.</param>
public sealed record Recorded(string Scenario, string? Error, double Seconds);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Recorded))]
internal sealed partial class RecordedJsonContext : JsonSerializerContext;
