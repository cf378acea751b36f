// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Conntrack;

/// <summary>
/// What address translation of this namespace does to the outer packets between a WireGuard device and a peer's endpoint: what the world
/// sees as our source. A further translation on the way (a router, the host of a pod) is not seen here.
/// </summary>
public sealed record EndpointNatFact
{
    /// <summary>The WireGuard device.</summary>
    public required string Device { get; init; }

    /// <summary>The endpoint as the device has it.</summary>
    public required IpEndpoint Endpoint { get; init; }

    /// <summary>Address and port the device sends from, or is reached at.</summary>
    public required IpEndpoint Source { get; init; }

    /// <summary>The same as the other side of the translation sees it.</summary>
    public required IpEndpoint SourceAfterNat { get; init; }

    /// <summary>The endpoint as the other side of the translation has it; differs from <see cref="Endpoint"/> when that is translated too.</summary>
    public required IpEndpoint EndpointAfterNat { get; init; }

    /// <summary>Who sent the first packet of the flow.</summary>
    public ConntrackInitiator Initiator { get; init; }

    /// <summary>A packet came in the other direction than the first.</summary>
    public bool ReplySeen { get; init; }

    /// <summary>When the flow began; absent unless nf_conntrack_timestamp is on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Seconds until the flow is forgotten without further packets.</summary>
    public uint? TimeoutSeconds { get; init; }

    public uint? Mark { get; init; }

    public ushort Zone { get; init; }

    /// <summary>CTA_ID of the entry.</summary>
    public uint? FlowId { get; init; }

    /// <summary>What is odd about it.</summary>
    public IReadOnlyList<EndpointNatSign> Signs { get; init; } = [];
}

/// <summary>Who sent the first packet of an outer flow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConntrackInitiator>))]
public enum ConntrackInitiator
{
    /// <summary>The WireGuard device of this namespace.</summary>
    Device,

    /// <summary>The peer.</summary>
    Peer,
}

/// <summary>What is odd about an outer flow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndpointNatSign>))]
public enum EndpointNatSign
{
    /// <summary>Nothing came back: with a WireGuard handshake both sides send.</summary>
    Unreplied,

    /// <summary>Other flows of the same device and endpoint are in another zone: packets of one direction are tracked where those of the other are not.</summary>
    SeveralZones,

    /// <summary>Another flow of the same device and endpoint is translated to something else.</summary>
    DifferentNat,

    /// <summary>The device sends from another port than it listens on.</summary>
    OtherPort,
}
