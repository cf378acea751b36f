// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Cluster;

/// <summary>A Node object, as far as tunnels depend on it.</summary>
public sealed record ClusterNode
{
    /// <summary>metadata.name.</summary>
    public required string Name { get; init; }

    /// <summary>status.addresses of the types InternalIP and ExternalIP.</summary>
    public IReadOnlyList<IpAddr> Addresses { get; init; } = [];

    /// <summary>spec.podCIDRs; empty when the pod network keeps its own book.</summary>
    public IReadOnlyList<IpPrefix> PodCidrs { get; init; } = [];

    /// <summary>The condition Ready; null when it is not there or unknown.</summary>
    public bool? Ready { get; init; }

    /// <summary>The annotations that <see cref="KnownAnnotations"/> lists, whichever object of the node carries them.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The pod of the network's agent on this node; null when nobody looked.</summary>
    public ClusterAgent? Agent { get; init; }

    /// <summary>The value of an annotation; null when it is not there.</summary>
    public string? Annotation(string key) => Annotations.GetValueOrDefault(key);
}

/// <summary>The pod of a pod network's agent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ready">Whether it is ready.</param>
/// <param name="Since">Since when that is so; null when not told.</param>
/// <param name="Network">The network, by the name of its profile; null when not known.</param>
public sealed record ClusterAgent(string Name, bool Ready, DateTimeOffset? Since = null, string? Network = null);
