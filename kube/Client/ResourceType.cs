// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Names a resource to the client and says how its objects are read and written, without reflection.</summary>
/// <typeparam name="T">The C# record of the resource.</typeparam>
public sealed record ResourceType<T>
    where T : class, IKubernetesObject
{
    /// <summary>API group; empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    /// <summary>Lower-case plural as in the URL.</summary>
    public required string Plural { get; init; }

    public required string Kind { get; init; }

    public required bool Namespaced { get; init; }

    public required JsonTypeInfo<T> Json { get; init; }

    public required JsonTypeInfo<KubernetesList<T>> ListJson { get; init; }

    /// <summary>As it stands in an object's <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
