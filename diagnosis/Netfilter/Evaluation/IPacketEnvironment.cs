// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>What rules ask of the namespace around the packet. Every answer may be null: unknown.</summary>
public interface IPacketEnvironment
{
    /// <summary>The wall clock, for <c>meta hour</c> and the like.</summary>
    DateTimeOffset? Now { get; }

    /// <summary>Type of an address as the routing tables have it; with a device, only what that device has is local.</summary>
    RouteType? AddressType(IpAddr address, PacketInterface? device);

    /// <summary>The device of the route to a destination.</summary>
    RouteAnswer? Route(RouteQuestion question);

    /// <summary>The address a packet gets that is masqueraded behind a device.</summary>
    IpAddr? SourceAddress(PacketInterface device, IpAddr destination);

    /// <summary>The first address of a device, to which <c>redirect</c> sends.</summary>
    IpAddr? FirstAddress(PacketInterface device, IpFamily family);
}

/// <summary>A question to the routing tables.</summary>
/// <param name="Destination">Where to.</param>
/// <param name="Source">From where; null = not to be looked at.</param>
/// <param name="Mark">Mark; null = unknown.</param>
/// <param name="Input">Device the packet came in by; null = made here.</param>
/// <param name="Device">Only routes through this device count; null = any.</param>
/// <param name="TrafficClass">TOS or traffic class; null = unknown.</param>
public sealed record RouteQuestion(IpAddr Destination, IpAddr? Source = null, uint? Mark = 0, PacketInterface? Input = null, PacketInterface? Device = null, byte? TrafficClass = 0);

/// <summary>An answer of the routing tables.</summary>
/// <param name="Type">Type of the route; <see cref="RouteType.Unreachable"/> also when there is none.</param>
/// <param name="Device">Device the packet leaves by; null when it does not, or when it is unknown.</param>
public sealed record RouteAnswer(RouteType Type, PacketInterface? Device = null);

/// <summary>An environment of which nothing is known.</summary>
public sealed class UnknownEnvironment : IPacketEnvironment
{
    public static readonly UnknownEnvironment Instance = new();

    private UnknownEnvironment()
    {
    }

    public DateTimeOffset? Now => null;

    public RouteType? AddressType(IpAddr address, PacketInterface? device) => null;

    public RouteAnswer? Route(RouteQuestion question) => null;

    public IpAddr? SourceAddress(PacketInterface device, IpAddr destination) => null;

    public IpAddr? FirstAddress(PacketInterface device, IpFamily family) => null;
}
