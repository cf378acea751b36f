// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Source-generated JSON of the facts: camelCase, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(NodeFacts))]
[JsonSerializable(typeof(List<NodeFacts>))]
[JsonSerializable(typeof(Paths.PathWalkFact))]
public sealed partial class FactsJsonContext : JsonSerializerContext;
