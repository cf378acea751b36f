// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>The custom resource of the recordings.</summary>
public sealed record Widget : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public WidgetSpec? Spec { get; init; }

    public WidgetStatus? Status { get; init; }

    public static ResourceType<Widget> Type { get; } = new()
    {
        Group = "example.dev",
        Version = "v1alpha1",
        Plural = "widgets",
        Kind = "Widget",
        Namespaced = false,
        Json = WidgetJsonContext.Default.Widget,
        ListJson = WidgetJsonContext.Default.KubernetesListWidget,
    };

    public static Widget Named(string name, string uid = "u1", string version = "1") =>
        new() { Metadata = new ObjectMeta { Name = name, Uid = uid, ResourceVersion = version } };
}

public sealed record WidgetSpec
{
    public int? Min { get; init; }

    public string? NodeName { get; init; }
}

public sealed record WidgetStatus
{
    public string? Phase { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Widget))]
[JsonSerializable(typeof(KubernetesList<Widget>))]
public sealed partial class WidgetJsonContext : JsonSerializerContext;
