// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Reconciling.Networks;

/// <summary>The part of a <c>cilium.io/v2 CiliumNode</c> that is read: Cilium publishes keys and pod ranges there, not on nodes.</summary>
internal sealed record CiliumNode : IKubernetesObject
{
    /// <summary>Cluster-scoped <c>cilium.io/v2 ciliumnodes</c>; not there where Cilium is not installed.</summary>
    public static ResourceType<CiliumNode> Type { get; } = new()
    {
        Group = "cilium.io",
        Version = "v2",
        Plural = "ciliumnodes",
        Kind = "CiliumNode",
        Namespaced = false,
        Json = NetworkJsonContext.Default.CiliumNode,
        ListJson = NetworkJsonContext.Default.KubernetesListCiliumNode,
    };

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public CiliumNodeSpec? Spec { get; init; }
}

/// <summary>Its spec.</summary>
internal sealed record CiliumNodeSpec
{
    public IReadOnlyList<CiliumNodeAddress>? Addresses { get; init; }

    public CiliumNodeIpam? Ipam { get; init; }
}

/// <summary>An address of the node.</summary>
internal sealed record CiliumNodeAddress
{
    /// <summary><c>InternalIP</c>, <c>ExternalIP</c> or <c>CiliumInternalIP</c>.</summary>
    public string? Type { get; init; }

    public string? Ip { get; init; }
}

/// <summary>What the node may give to pods.</summary>
internal sealed record CiliumNodeIpam
{
    [JsonPropertyName("podCIDRs")]
    public IReadOnlyList<string>? PodCidrs { get; init; }
}

/// <summary>Source-generated JSON of pod networks' resources.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 64)]
[JsonSerializable(typeof(CiliumNode))]
[JsonSerializable(typeof(KubernetesList<CiliumNode>))]
internal sealed partial class NetworkJsonContext : JsonSerializerContext;
