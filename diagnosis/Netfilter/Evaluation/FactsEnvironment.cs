// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Routes;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>Answers from the addresses, routes and rules that were read in the namespace.</summary>
public sealed class FactsEnvironment : IPacketEnvironment
{
    private const byte UniverseScope = 0;

    private readonly PacketFib? _fib;
    private readonly IReadOnlyList<AddressFact>? _addresses;
    private readonly Dictionary<int, PacketInterface> _devices = [];

    public FactsEnvironment(NamespaceFacts facts, DateTimeOffset? now = null)
    {
        ArgumentNullException.ThrowIfNull(facts);
        Now = now;
        _addresses = facts.Addresses.Value;
        foreach (var link in facts.Links.Value ?? []) _devices[link.Index] = Device(link);
        if (facts is { Routes.Value: { } routes, Rules.Value: { } rules }) _fib = new PacketFib(routes, rules, _devices);
    }

    public DateTimeOffset? Now { get; }

    /// <summary>A device of the namespace by name; null when there is none.</summary>
    public PacketInterface? Device(string name) => _devices.Values.FirstOrDefault(device => device.Name == name);

    public RouteType? AddressType(IpAddr address, PacketInterface? device)
    {
        if (_fib is null) return null;
        return address.Family == IpFamily.IPv4 ? _fib.AddressType4(address, device) : AddressType6(address, device);
    }

    public RouteAnswer? Route(RouteQuestion question) => _fib?.Route(question);

    /// <summary>The address inet_select_addr would take; of IPv6 only where a device has a single global one.</summary>
    public IpAddr? SourceAddress(PacketInterface device, IpAddr destination)
    {
        if (device.Index is not { } index || _addresses is null) return null;
        var own = _addresses.Where(address => address.Link == index && address.Address.Family == destination.Family && address.Scope == UniverseScope && !address.Unusable).ToList();
        if (destination.Family == IpFamily.IPv6) return own.Count == 1 ? own[0].Address : null;
        var hop = _fib?.Gateway(destination, index) ?? destination;
        foreach (var address in own)
        {
            if (IpPrefix.TryCreate(address.Address, address.PrefixLength, out var subnet) && subnet.Contains(hop)) return address.Address;
        }

        return own.Count > 0 ? own[0].Address : null;
    }

    public IpAddr? FirstAddress(PacketInterface device, IpFamily family)
    {
        if (device.Index is not { } index || _addresses is null) return null;
        var own = _addresses.Where(address => address.Link == index && address.Address.Family == family && !address.Unusable && !(family == IpFamily.IPv6 && address.Address.IsLinkLocal));
        return own.Select(address => (IpAddr?)address.Address).FirstOrDefault() ?? IpAddr.FromBits(family, UInt128.Zero);
    }

    /// <summary>As nft_fib6 finds it: by device its own addresses, without one what the routing tables call local.</summary>
    private RouteType? AddressType6(IpAddr address, PacketInterface? device)
    {
        if (_fib!.Route(new RouteQuestion(address)) is not { } route) return null;
        if (route.Type is not (RouteType.Unicast or RouteType.Local or RouteType.Multicast or RouteType.Anycast)) return route.Type;
        if (route.Type == RouteType.Anycast) return RouteType.Anycast;
        if (device is null)
        {
            if (route.Type == RouteType.Local) return RouteType.Local;
        }
        else
        {
            if (_addresses is null) return null;
            if (_addresses.Any(own => own.Link == device.Index && own.Address == address)) return RouteType.Local;
        }

        if (address.IsMulticast) return RouteType.Multicast;
        return address.IsUnspecified ? RouteType.Unknown : RouteType.Unicast;
    }

    private static PacketInterface Device(LinkFact link) => new()
    {
        Name = link.Name,
        Index = link.Index,
        Kind = link.Kind ?? "",
        Group = link.Group,
        Type = link.HardwareType ?? (link.Loopback ? (ushort)772 : link.Kind is "wireguard" or "tun" ? (ushort)65534 : null),
    };
}
