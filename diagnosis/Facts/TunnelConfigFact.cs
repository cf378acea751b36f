// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>What a configuration (a file of wg-quick, networkd or NetworkManager, a CNI's resource) wants a device to be. Private and preshared keys never get here.</summary>
public sealed record TunnelConfigFact
{
    public required string Device { get; init; }

    /// <summary>Where it stands: a path or a resource.</summary>
    public required string Source { get; init; }

    /// <summary>The port it asks for; null when it asks for none.</summary>
    public ushort? ListenPort { get; init; }

    public IReadOnlyList<ConfiguredPeerFact> Peers { get; init; } = [];

    /// <summary>Whose file it is; null for what is no file of a host's network manager.</summary>
    public NetworkManagerKind? Manager { get; init; }

    /// <summary>wg-quick's SaveConfig: the file is overwritten when the device goes down.</summary>
    public bool SavesItself { get; init; }

    /// <summary>Commands of its own run when the device comes up, which may change it in ways that the file does not show.</summary>
    public bool HasHooks { get; init; }

    /// <summary>False when it could be read in part only, so that <see cref="Peers"/> lacks some.</summary>
    public bool? Complete { get; init; }
}

/// <summary>A peer as a configuration wants it.</summary>
/// <param name="PublicKey">Base64, as it stands there.</param>
/// <param name="Endpoint">Host name or address with port, as it stands there; null when there is none.</param>
/// <param name="Resolved">What the host name resolves to now, in the host's resolver; null when it was not asked, or is an address.</param>
/// <param name="AllowedIps">Its prefixes; null when they were not read.</param>
public sealed record ConfiguredPeerFact(string PublicKey, string? Endpoint = null, IReadOnlyList<IpAddr>? Resolved = null, IReadOnlyList<IpPrefix>? AllowedIps = null);
