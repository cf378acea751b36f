// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Answers where a packet goes in one network namespace: the kernel itself, or recorded routes.</summary>
public interface IRouteOracle
{
    /// <summary>Null = nobody can tell.</summary>
    RoutingAnswer? Ask(RoutingQuestion question);
}

/// <summary>What routing looks at.</summary>
/// <param name="Destination">Destination address.</param>
/// <param name="Source">Source address; null = not chosen yet.</param>
/// <param name="InputLink">Index of the device it came in by; null = made here.</param>
/// <param name="OutputLink">Index of the device it has to leave by; null = any.</param>
/// <param name="Mark">Mark.</param>
/// <param name="Protocol">IPPROTO_*; null = none is named.</param>
/// <param name="SourcePort">Source port; null = unknown.</param>
/// <param name="DestinationPort">Destination port; null = unknown.</param>
public sealed record RoutingQuestion(
    IpAddr Destination,
    IpAddr? Source = null,
    int? InputLink = null,
    int? OutputLink = null,
    uint Mark = 0,
    byte? Protocol = null,
    ushort? SourcePort = null,
    ushort? DestinationPort = null);

/// <summary>What routing says.</summary>
public sealed record RoutingAnswer
{
    /// <summary>Type of the route; <see cref="RouteType.Unreachable"/> when there is none.</summary>
    public required RouteType Type { get; init; }

    /// <summary>Index of the device it leaves by, or is for; null when it goes nowhere.</summary>
    public int? Link { get; init; }

    public IpAddr? Gateway { get; init; }

    /// <summary>The source address a packet without one gets.</summary>
    public IpAddr? Source { get; init; }

    /// <summary>The table the rules led to; null when nothing matched.</summary>
    public uint? Table { get; init; }

    /// <summary>Prefix of the route that matched; null when it could not be told.</summary>
    public IpPrefix? Matched { get; init; }

    /// <summary>MTU of the route in bytes; null when the device's holds.</summary>
    public int? Mtu { get; init; }

    /// <summary>Name of the errno when the kernel refused (ENETUNREACH, EXDEV ...); null when it answered.</summary>
    public string? Error { get; init; }
}
