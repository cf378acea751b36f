// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts.Conntrack;

/// <summary>Addresses of one direction of a flow.</summary>
public sealed record ConntrackTuple
{
    public required IpAddr Source { get; init; }

    public required IpAddr Destination { get; init; }

    /// <summary>IP protocol number.</summary>
    public required byte Protocol { get; init; }

    /// <summary>Port of TCP, UDP, UDP-Lite, SCTP or DCCP; for GRE half of the key.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Port of TCP, UDP, UDP-Lite, SCTP or DCCP; for GRE half of the key.</summary>
    public ushort? DestinationPort { get; init; }

    /// <summary>What takes the place of ports in ICMP and ICMPv6.</summary>
    public ConntrackIcmp? Icmp { get; init; }

    /// <summary>Zone of this direction only.</summary>
    public ushort? Zone { get; init; }

    /// <summary>Source as address and port; null without ports.</summary>
    [JsonIgnore]
    public IpEndpoint? SourceEndpoint => SourcePort is { } port ? new IpEndpoint(Source, port) : null;

    /// <summary>Destination as address and port; null without ports.</summary>
    [JsonIgnore]
    public IpEndpoint? DestinationEndpoint => DestinationPort is { } port ? new IpEndpoint(Destination, port) : null;
}

/// <summary>ICMP or ICMPv6 fields of a tuple.</summary>
public sealed record ConntrackIcmp(byte Type, byte Code, ushort Id);
