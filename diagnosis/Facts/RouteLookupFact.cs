// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>The kernel's own answer to "where would this packet go" (RTM_GETROUTE), asked in the namespace of the device.</summary>
public sealed record RouteLookupFact
{
    /// <summary>Why it was asked.</summary>
    public required RouteLookupPurpose Purpose { get; init; }

    /// <summary>The WireGuard device whose peer gave rise to the question.</summary>
    public required string Device { get; init; }

    /// <summary>The address asked for: the endpoint itself, or one address inside the AllowedIPs prefix.</summary>
    public required IpAddr Destination { get; init; }

    /// <summary>The AllowedIPs prefix the address stands for; null for an endpoint.</summary>
    public IpPrefix? Prefix { get; init; }

    /// <summary>Mark of the packet: the device's fwmark for an endpoint, 0 otherwise.</summary>
    public uint Mark { get; init; }

    /// <summary>Type of the route found; <see cref="RouteType.Unknown"/> when the lookup failed.</summary>
    public RouteType Type { get; init; }

    /// <summary>Outgoing interface index; null when the lookup failed.</summary>
    public int? Link { get; init; }

    public IpAddr? Gateway { get; init; }

    /// <summary>RTA_PREFSRC: the source a packet of this host would get.</summary>
    public IpAddr? Source { get; init; }

    /// <summary>RTA_TABLE of the route found.</summary>
    public uint? Table { get; init; }

    /// <summary>RTAX_MTU of the answer (route metric or a cached path MTU); null when it names none and the link's MTU holds.</summary>
    public int? Mtu { get; init; }

    /// <summary>Name of the errno when the kernel refused (ENETUNREACH, EINVAL, EACCES ...); null when it answered.</summary>
    public string? Error { get; init; }

    // What follows came later than the format: null also in facts of older versions.

    /// <summary>Source address of the packet; null = left to the kernel.</summary>
    public IpAddr? From { get; init; }

    /// <summary>Index of the device the packet comes in by; null = made on this host.</summary>
    public int? InputLink { get; init; }
}

/// <summary>Why a route lookup was asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouteLookupPurpose>))]
public enum RouteLookupPurpose
{
    /// <summary>The way of the outer packets to a peer's endpoint.</summary>
    Endpoint,

    /// <summary>The way of inner packets to an AllowedIPs prefix.</summary>
    AllowedIp,

    /// <summary>The way of inner packets to an AllowedIPs prefix that come from a network behind this node: with their source and incoming device.</summary>
    Forwarded,

    /// <summary>
    /// Whether the kernel lets a decrypted IPv4 packet from an AllowedIPs prefix in by the tunnel: EXDEV is the reverse path filter, EINVAL a martian
    /// source. The destination is an address of this node.
    /// </summary>
    Incoming,
}
