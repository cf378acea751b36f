// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>What programs of the host that set up networks may do to devices of others. Their own tunnels are <see cref="NodeFacts.TunnelConfigs"/>.</summary>
public sealed record NetworkManagersFact
{
    /// <summary>Null when systemd-networkd is not there.</summary>
    public NetworkdFact? Networkd { get; init; }

    /// <summary>Null when NetworkManager is not there.</summary>
    public NetworkManagerFact? NetworkManager { get; init; }
}

/// <summary>systemd-networkd.</summary>
/// <param name="Running">Whether it runs.</param>
/// <param name="KeepsForeignRoutes">ManageForeignRoutes=no: it leaves routes of others alone.</param>
/// <param name="KeepsForeignRules">ManageForeignRoutingPolicyRules=no: it leaves routing rules of others alone.</param>
/// <param name="StartedAt">When its process began; null when not known.</param>
/// <param name="ManagedLinks">Indexes of the links that one of its .network files matches, as it notes them in /run/systemd/netif/links; null when that is not known.</param>
public sealed record NetworkdFact(bool Running, bool KeepsForeignRoutes, bool KeepsForeignRules, DateTimeOffset? StartedAt = null, IReadOnlyList<int>? ManagedLinks = null);

/// <summary>NetworkManager.</summary>
/// <param name="Running">Whether it runs.</param>
/// <param name="ManagedLinks">Indexes of the links that it sets up with a connection of its own, as it notes them in /run/NetworkManager/devices; those that it only watches, and those that it made, are not among them.</param>
/// <param name="StartedAt">When its process began; null when not known.</param>
public sealed record NetworkManagerFact(bool Running, IReadOnlyList<int> ManagedLinks, DateTimeOffset? StartedAt = null);

/// <summary>Who sets up networks on a host.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetworkManagerKind>))]
public enum NetworkManagerKind
{
    WgQuick,
    Networkd,
    NetworkManager,
}
