// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds;

/// <summary>Source-generated JSON of the resources: camelCase, absent instead of null, enums as words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(TunnelDiagnosis))]
[JsonSerializable(typeof(NodeProbe))]
[JsonSerializable(typeof(KubernetesList<TunnelDiagnosis>))]
[JsonSerializable(typeof(KubernetesList<NodeProbe>))]
public sealed partial class CrdsJsonContext : JsonSerializerContext;
