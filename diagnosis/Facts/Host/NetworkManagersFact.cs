// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>What programs of the host that set up networks have written down and may do to devices of others.</summary>
public sealed record NetworkManagersFact
{
    /// <summary>Files that describe WireGuard devices.</summary>
    public IReadOnlyList<DeviceFileFact> Devices { get; init; } = [];

    /// <summary>Null when systemd-networkd is not there.</summary>
    public NetworkdFact? Networkd { get; init; }
}

/// <summary>A file that describes a WireGuard device. Private and preshared keys never get here.</summary>
public sealed record DeviceFileFact
{
    /// <summary>The device it is about.</summary>
    public required string Device { get; init; }

    public required NetworkManagerKind Manager { get; init; }

    /// <summary>Its path on the host.</summary>
    public required string Path { get; init; }

    /// <summary>wg-quick's SaveConfig: the file is overwritten when the device goes down.</summary>
    public bool SavesItself { get; init; }

    /// <summary>The peers it lists; null when the file could not be read.</summary>
    public IReadOnlyList<DeviceFilePeer>? Peers { get; init; }
}

/// <summary>A peer as a file describes it.</summary>
/// <param name="PublicKey">Public key, base64.</param>
/// <param name="AllowedIps">Its prefixes.</param>
public sealed record DeviceFilePeer(string PublicKey, IReadOnlyList<IpPrefix> AllowedIps);

/// <summary>systemd-networkd.</summary>
/// <param name="Running">Whether it runs.</param>
/// <param name="KeepsForeignRoutes">ManageForeignRoutes=no: it leaves routes of others alone.</param>
/// <param name="KeepsForeignRules">ManageForeignRoutingPolicyRules=no: it leaves routing rules of others alone.</param>
/// <param name="StartedAt">When its process began; null when not known.</param>
public sealed record NetworkdFact(bool Running, bool KeepsForeignRoutes, bool KeepsForeignRules, DateTimeOffset? StartedAt = null);

/// <summary>Who sets up networks on a host.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetworkManagerKind>))]
public enum NetworkManagerKind
{
    WgQuick,
    Networkd,
    NetworkManager,
}
