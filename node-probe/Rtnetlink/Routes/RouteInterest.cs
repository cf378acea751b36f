// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>
/// Which routes decide about tunnels: those that share an address with what peers are allowed, hold an endpoint, lead into a tunnel or
/// are a default route. Asked for every route of a node, so it costs one binary search.
/// </summary>
internal sealed class RouteInterest
{
    /// <summary>Kinds of devices that carry packets inside other packets.</summary>
    private static readonly string[] TunnelKinds =
    [
        "wireguard", "tun", "vxlan", "geneve", "gre", "gretap", "erspan", "ip6gre", "ip6gretap", "ip6erspan", "ipip", "sit", "ip6tnl", "vti", "vti6", "xfrm", "bareudp",
        "amneziawg", "ovpn",
    ];

    private readonly AddressRanges<uint> _ranges4;
    private readonly AddressRanges<UInt128> _ranges6;

    /// <param name="prefixes">Prefixes of interest; default prefixes are every address and say nothing.</param>
    /// <param name="addresses">Addresses whose way is of interest.</param>
    /// <param name="tunnels">Indexes of the devices that are tunnels.</param>
    public RouteInterest(IEnumerable<IpPrefix> prefixes, IEnumerable<IpAddr> addresses, IEnumerable<int> tunnels)
    {
        IpPrefix[] all = [.. prefixes.Where(prefix => !prefix.IsDefault), .. addresses.Select(IpPrefix.Host)];
        _ranges4 = new AddressRanges<uint>([.. all.Where(prefix => prefix.Family == IpFamily.IPv4).Select(prefix => Range4((uint)prefix.Network.Bits, prefix.Length))]);
        _ranges6 = new AddressRanges<UInt128>([.. all.Where(prefix => prefix.Family == IpFamily.IPv6).Select(prefix => Range6(prefix.Network.Bits, prefix.Length))]);
        Tunnels = [.. tunnels];
    }

    /// <summary>Nothing but default routes.</summary>
    public static RouteInterest None { get; } = new([], [], []);

    /// <summary>Indexes of the devices that are tunnels.</summary>
    public HashSet<int> Tunnels { get; }

    /// <summary>What the tunnels of a namespace make interesting.</summary>
    public static RouteInterest Of(IReadOnlyList<LinkFact> links, IReadOnlyList<WireGuardDeviceFact> devices)
    {
        HashSet<string> names = [.. devices.Select(device => device.Name)];
        var peers = devices.SelectMany(device => device.Peers);
        return new RouteInterest(
            peers.SelectMany(peer => peer.AllowedIps),
            peers.Where(peer => peer.Endpoint is not null).Select(peer => peer.Endpoint!.Value.Address),
            links.Where(link => names.Contains(link.Name) || (link.Kind is { } kind && TunnelKinds.Contains(kind, StringComparer.Ordinal))).Select(link => link.Index));
    }

    /// <summary>True when the route decides about a tunnel.</summary>
    public bool Includes(ref readonly RouteView route)
    {
        var length = route.DestinationLength;
        if (length == 0 || Tunnels.Contains(route.Link)) return true;
        if (!route.Multipath.IsEmpty && MultipathReader.LeadsTo(route.Multipath, Tunnels)) return true;
        return Includes(route.Family, route.Destination, length);
    }

    private bool Includes(IpFamily family, ReadOnlySpan<byte> network, int length)
    {
        if (family == IpFamily.IPv4)
        {
            if (length > 32 || !BinaryPrimitives.TryReadUInt32BigEndian(network, out var bits)) return false;
            var (first, last) = Range4(bits, length);
            return _ranges4.Overlaps(first, last);
        }

        if (length > 128 || !BinaryPrimitives.TryReadUInt128BigEndian(network, out var wide)) return false;
        var (from, to) = Range6(wide, length);
        return _ranges6.Overlaps(from, to);
    }

    private static (uint First, uint Last) Range4(uint bits, int length)
    {
        var host = length == 0 ? uint.MaxValue : (uint)((1ul << (32 - length)) - 1);
        return (bits & ~host, bits | host);
    }

    private static (UInt128 First, UInt128 Last) Range6(UInt128 bits, int length)
    {
        var host = length == 0 ? UInt128.MaxValue : (UInt128.One << (128 - length)) - UInt128.One;
        return (bits & ~host, bits | host);
    }
}
