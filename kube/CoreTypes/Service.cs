// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>A service, as far as its ports tell (<c>v1 Service</c>).</summary>
public sealed record Service : IKubernetesObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    public ServiceSpec? Spec { get; init; }
}

/// <summary>Spec of a service.</summary>
public sealed record ServiceSpec
{
    /// <summary>ClusterIP when absent; ExternalName has no endpoints.</summary>
    public string? Type { get; init; }

    public IReadOnlyList<ServicePort>? Ports { get; init; }
}

/// <summary>A port of a service.</summary>
public sealed record ServicePort
{
    /// <summary>Ties it to the ports of endpoint slices; absent for a single port.</summary>
    public string? Name { get; init; }

    /// <summary>TCP when absent.</summary>
    public string? Protocol { get; init; }

    [JsonRequired]
    public int Port { get; init; }
}
