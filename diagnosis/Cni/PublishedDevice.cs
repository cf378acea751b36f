// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>What a node publishes of one of its devices, as other nodes read it.</summary>
/// <param name="Node">Who publishes it.</param>
/// <param name="Device">Name of the device unless configured otherwise.</param>
/// <param name="Where">The annotation.</param>
/// <param name="KeyText">The key as it stands there; null when there is none although there should be.</param>
internal sealed record PublishedDevice(ClusterNode Node, string Device, string Where, string? KeyText)
{
    /// <summary>The key; null when there is none, or one that is all zero or damaged.</summary>
    public string? Key { get; } = PublicKeys.Canonical(KeyText);

    /// <summary>The all-zero key, which says that there is no WireGuard on the node.</summary>
    public bool IsNone { get; } = KeyText is { Length: 44 } && KeyText.AsSpan(0, 43).IndexOfAnyExcept('A') < 0;

    /// <summary>Where other nodes are to send; empty when that is not published.</summary>
    public IReadOnlyList<IpAddr> Endpoints { get; init; } = [];

    /// <summary>Name of the annotation with the endpoint.</summary>
    public string? EndpointFrom { get; init; }

    /// <summary>Its UDP port; null when that is not published.</summary>
    public ushort? Port { get; init; }

    /// <summary>The annotation with the device's own address; null when the program publishes none.</summary>
    public string? AddressIn { get; init; }

    /// <summary>The device's family where there is a device for each.</summary>
    public IpFamily? Family { get; init; }
}
