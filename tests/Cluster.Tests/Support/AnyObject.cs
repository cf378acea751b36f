// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>An object of a kind that the product has no record for.</summary>
internal sealed record AnyObject : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public JsonElement? Spec { get; init; }

    public JsonElement? Status { get; init; }

    public static ResourceType<AnyObject> Namespace { get; } = TypeOf("", "v1", "namespaces", "Namespace", false);

    public static ResourceType<AnyObject> ServiceAccount { get; } = TypeOf("", "v1", "serviceaccounts", "ServiceAccount", true);

    public static ResourceType<AnyObject> Definition { get; } =
        TypeOf("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false);

    public static ResourceType<AnyObject> TypeOf(string group, string version, string plural, string kind, bool namespaced) => new()
    {
        Group = group,
        Version = version,
        Plural = plural,
        Kind = kind,
        Namespaced = namespaced,
        Json = AnyObjectJsonContext.Default.AnyObject,
        ListJson = AnyObjectJsonContext.Default.KubernetesListAnyObject,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnyObject))]
[JsonSerializable(typeof(KubernetesList<AnyObject>))]
internal sealed partial class AnyObjectJsonContext : JsonSerializerContext;
