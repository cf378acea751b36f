// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>What connection tracking knows of a packet when it has seen it. Null = unknown.</summary>
public sealed record PacketConntrack
{
    public ConntrackState? State { get; init; }

    /// <summary>False: from the side that opened the connection; a new packet is always that.</summary>
    public bool? Reply { get; init; }

    /// <summary>The connection's mark before this packet; null means 0 for a new connection and unknown for any other.</summary>
    public uint? Mark { get; init; }

    public ushort? Zone { get; init; } = 0;

    /// <summary>IPS_*: seen reply 2, assured 4, confirmed 8, source NAT 16, destination NAT 32.</summary>
    public uint? Status { get; init; }

    /// <summary>The first packet of the connection as it came in, before any NAT; null = this packet, when it is new.</summary>
    public ConntrackTuple? Original { get; init; }

    /// <summary>What an answer looks like; differs from the turned original when there is NAT.</summary>
    public ConntrackTuple? Answer { get; init; }
}

/// <summary>One direction of a connection.</summary>
/// <param name="Source">Source address.</param>
/// <param name="Destination">Destination address.</param>
/// <param name="SourcePort">Source port, or identifier of an ICMP echo; null = unknown or none.</param>
/// <param name="DestinationPort">Destination port; null = unknown or none.</param>
public sealed record ConntrackTuple(IpAddr Source, IpAddr Destination, ushort? SourcePort = null, ushort? DestinationPort = null);

/// <summary>Connection tracking's judgement of a packet (enum ip_conntrack_info).</summary>
public enum ConntrackState
{
    /// <summary>Opens a connection, or follows in one that was not answered yet.</summary>
    New,
    Established,

    /// <summary>An ICMP error about a connection, or a connection a helper expected.</summary>
    Related,

    /// <summary>Fits no connection.</summary>
    Invalid,

    /// <summary>Exempted from tracking.</summary>
    Untracked,
}
