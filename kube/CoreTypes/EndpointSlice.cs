// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>Some of a service's endpoints (<c>discovery.k8s.io/v1 EndpointSlice</c>).</summary>
public sealed record EndpointSlice : IKubernetesObject
{
    /// <summary>Label with the name of the service.</summary>
    public const string ServiceLabel = "kubernetes.io/service-name";

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required ObjectMeta Metadata { get; init; }

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string? AddressType { get; init; }

    public IReadOnlyList<Endpoint>? Endpoints { get; init; }

    public IReadOnlyList<EndpointPort>? Ports { get; init; }
}

/// <summary>One endpoint.</summary>
public sealed record Endpoint
{
    /// <summary>Consumers use the first one only.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    public EndpointConditions? Conditions { get; init; }

    public string? NodeName { get; init; }
}

/// <summary>Whether an endpoint takes traffic.</summary>
public sealed record EndpointConditions
{
    /// <summary>Absent means that it is ready.</summary>
    public bool? Ready { get; init; }
}

/// <summary>A port of all endpoints of a slice.</summary>
public sealed record EndpointPort
{
    public string? Name { get; init; }

    public string? Protocol { get; init; }

    public int? Port { get; init; }
}
