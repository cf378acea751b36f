// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What to read.</summary>
public sealed record CollectionRequest
{
    /// <summary>Goes into the facts as the node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>How long to watch the counters; zero reads once.</summary>
    public required TimeSpan Observation { get; init; }

    /// <summary>WireGuard devices to read, by name.</summary>
    public Func<string, bool> DeviceFilter { get; init; } = static _ => true;

    /// <summary>Further network namespaces by path; the host's is always read.</summary>
    public IReadOnlyList<string> NamespacePaths { get; init; } = [];

    /// <summary>Where userspace implementations keep their sockets.</summary>
    public string UapiDirectory { get; init; } = "/var/run/wireguard";

    /// <summary>Limit of a single reader.</summary>
    public TimeSpan ReaderTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
