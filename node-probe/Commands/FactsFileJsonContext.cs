// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>A file of several nodes' facts; its options are those of <see cref="FactsJsonContext"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 33)]
[JsonSerializable(typeof(List<NodeFacts>))]
internal sealed partial class FactsFileJsonContext : JsonSerializerContext;
