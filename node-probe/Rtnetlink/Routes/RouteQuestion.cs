// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>A packet, as far as routing looks at it. What is null or 0 is left to the kernel.</summary>
internal sealed record RouteQuestion
{
    public required IpAddr Destination { get; init; }

    /// <summary>Source address; null = not chosen yet. With <see cref="InputLink"/> the kernel also checks that such a source may come in there.</summary>
    public IpAddr? Source { get; init; }

    /// <summary>The device the packet comes in by; null = made on this host.</summary>
    public int? InputLink { get; init; }

    /// <summary>The device the packet must leave by (a socket bound to a device).</summary>
    public int? OutputLink { get; init; }

    public uint Mark { get; init; }

    /// <summary>TOS byte or traffic class.</summary>
    public byte Tos { get; init; }

    /// <summary>6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6; the kernel refuses others with EOPNOTSUPP (Linux 4.18).</summary>
    public byte? Protocol { get; init; }

    /// <summary>Needs <see cref="Protocol"/>.</summary>
    public ushort? SourcePort { get; init; }

    /// <summary>Needs <see cref="Protocol"/>.</summary>
    public ushort? DestinationPort { get; init; }

    /// <summary>The sending user; null = the probe's own.</summary>
    public uint? UserId { get; init; }

    /// <summary>Answer with the route that matched (its prefix, metric and all hops) instead of the way that follows from it.</summary>
    public bool FibMatch { get; init; }
}

/// <summary>The kernel's answer to a <see cref="RouteQuestion"/>.</summary>
internal sealed record RouteAnswer
{
    /// <summary>Error number when the kernel refused (101 ENETUNREACH, 113 EHOSTUNREACH, 13 EACCES, 22 EINVAL ...); 0 when it answered.</summary>
    public int Errno { get; init; }

    /// <summary>The kernel's own words for a refusal, where it gave some.</summary>
    public string? KernelMessage { get; init; }

    /// <summary>
    /// The answer in the shape of a route; null when it was refused. Its destination is the address asked for, and with
    /// <see cref="RouteQuestion.FibMatch"/> the prefix that matched. Its table is the one the rules led to.
    /// </summary>
    public RouteFact? Route { get; init; }

    /// <summary>The only or the chosen hop; null when it was refused, dropped, or several hops were asked for.</summary>
    public NextHopFact? Hop => Route is { NextHops: [var only] } ? only : null;
}
