// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>The tests' own custom resource. Its group carries the run's id, so that runs on one cluster have each their own.</summary>
public sealed record Gadget : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public GadgetSpec? Spec { get; init; }

    public GadgetStatus? Status { get; init; }

    internal static ResourceType<Gadget> TypeIn(string group) => new()
    {
        Group = group,
        Version = "v1",
        Plural = "gadgets",
        Kind = "Gadget",
        Namespaced = true,
        Json = GadgetJsonContext.Default.Gadget,
        ListJson = GadgetJsonContext.Default.KubernetesListGadget,
    };
}

public sealed record GadgetSpec
{
    /// <summary>0 to 10 by the schema.</summary>
    public int? Size { get; init; }

    /// <summary>A field that can be selected by.</summary>
    public string? Place { get; init; }

    public string? Note { get; init; }
}

public sealed record GadgetStatus
{
    public string? Phase { get; init; }

    public int? Count { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Gadget))]
[JsonSerializable(typeof(KubernetesList<Gadget>))]
internal sealed partial class GadgetJsonContext : JsonSerializerContext;
