// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>What a configuration (a file of wg-quick or networkd, a CNI's resource) wants a device to be. Private and preshared keys never get here.</summary>
public sealed record TunnelConfigFact
{
    public required string Device { get; init; }

    /// <summary>Where it stands: a path or a resource.</summary>
    public required string Source { get; init; }

    /// <summary>The port it asks for; null when it asks for none.</summary>
    public ushort? ListenPort { get; init; }

    public IReadOnlyList<ConfiguredPeerFact> Peers { get; init; } = [];
}

/// <summary>A peer as a configuration wants it.</summary>
/// <param name="PublicKey">Base64, as it stands there.</param>
/// <param name="Endpoint">Host name or address with port, as it stands there; null when there is none.</param>
/// <param name="Resolved">What the host name resolves to now, in the host's resolver; null when it was not asked, or is an address.</param>
public sealed record ConfiguredPeerFact(string PublicKey, string? Endpoint = null, IReadOnlyList<IpAddr>? Resolved = null);
