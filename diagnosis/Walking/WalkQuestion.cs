// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>A packet whose way somebody wants to know.</summary>
public sealed record WalkQuestion
{
    public required IpAddr From { get; init; }

    /// <summary>Of the same family as <see cref="From"/>.</summary>
    public required IpAddr To { get; init; }

    /// <summary>IPPROTO_*: 6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6.</summary>
    public required byte Protocol { get; init; }

    /// <summary>Null = any: what depends on it is undetermined.</summary>
    public ushort? SourcePort { get; init; }

    public ushort? DestinationPort { get; init; }

    /// <summary>Mark the packet is made with, or comes in with.</summary>
    public uint Mark { get; init; }

    /// <summary>What connection tracking takes it for.</summary>
    public ConntrackState State { get; init; } = ConntrackState.New;

    /// <summary>The device by which a packet of another host comes in; null = the one that leads back to its source.</summary>
    public string? InputInterface { get; init; }

    /// <summary>Length of the IP packet in bytes; null = it fits everywhere.</summary>
    public int? Length { get; init; }
}
