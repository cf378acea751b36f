// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Tests.Output;

/// <summary>Facts of a small node: an uplink, a tunnel, and as many peers as wanted.</summary>
internal static class SampleFacts
{
    public const int Uplink = 2;
    public const int Tunnel = 7;

    public static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A well-formed key: 32 bytes that begin with the number.</summary>
    public static string Key(int number)
    {
        var bytes = new byte[32];
        BitConverter.TryWriteBytes(bytes, number);
        bytes[31] = 0x40;
        return Convert.ToBase64String(bytes);
    }

    public static Fact<T> Read<T>(T value)
        where T : class => new() { Source = "test", At = At, Value = value };

    public static Fact<T> Missing<T>(NotAvailableReason reason, string detail)
        where T : class => new() { Source = "test", At = At, NotAvailable = new NotAvailable(reason, detail) };

    public static WireGuardPeerFact Peer(int number) => new()
    {
        PublicKey = Key(number),
        Endpoint = new IpEndpoint(IpAddr.FromBits(IpFamily.IPv4, 0xC0A80000u + (uint)number), 51820),
        LastHandshake = At.AddSeconds(-42),
        Received = new Counter(123_456, 1_480),
        Sent = new Counter(234_567, 2_960),
        AllowedIps = [PrefixOf(number)],
    };

    /// <summary>10.0.0.0/8 in /24 steps.</summary>
    public static IpPrefix PrefixOf(int number) =>
        IpPrefix.TryCreate(IpAddr.FromBits(IpFamily.IPv4, 0x0A000000u + ((uint)number << 8)), 24, out var prefix) ? prefix : throw new InvalidOperationException();

    public static WireGuardDeviceFact Device(params IEnumerable<WireGuardPeerFact> peers) => new()
    {
        Name = "wg0",
        Implementation = WireGuardImplementation.Kernel,
        PublicKey = Key(0),
        ListenPort = 51820,
        Peers = [.. peers],
    };

    public static NamespaceFacts Namespace(params IReadOnlyList<WireGuardDeviceFact> devices) => new()
    {
        Id = "net:[4026531840]",
        Name = "host",
        Links = Read<IReadOnlyList<LinkFact>>(
        [
            new LinkFact { Index = Uplink, Name = "eth0", Up = true, LowerUp = true, Mtu = 1500, Counters = new LinkCounters() },
            new LinkFact { Index = Tunnel, Name = "wg0", Kind = "wireguard", Up = true, LowerUp = true, Mtu = 1420, Counters = new LinkCounters() },
        ]),
        Addresses = Read<IReadOnlyList<AddressFact>>(
        [
            new AddressFact { Link = Uplink, Address = IpAddr.Parse("192.168.0.200"), PrefixLength = 16 },
            new AddressFact { Link = Tunnel, Address = IpAddr.Parse("10.200.0.0"), PrefixLength = 32 },
        ]),
        Routes = Read<IReadOnlyList<RouteFact>>(
        [
            .. devices.SelectMany(d => d.Peers).SelectMany(p => p.AllowedIps).Select(p => Route(p, Tunnel)),
        ]),
        Rules = Read<IReadOnlyList<RuleFact>>([]),
        Neighbours = Read<IReadOnlyList<NeighbourFact>>([]),
        Sysctls = Read<IReadOnlyDictionary<string, long>>(new Dictionary<string, long> { ["net.ipv4.ip_forward"] = 1 }),
        ProtocolCounters = Read<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter> { ["Udp.NoPorts"] = new(3, 0) }),
        KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>(devices),
        UserspaceWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([]),
        RouteLookups = Read<IReadOnlyList<RouteLookupFact>>(
        [
            .. devices.SelectMany(d => d.Peers.SelectMany(p => p.AllowedIps.Select(a => Lookup(d.Name, a)))),
        ]),
    };

    public static RouteFact Route(IpPrefix destination, int link) =>
        new() { Destination = destination, Table = 254, Type = RouteType.Unicast, NextHops = [new NextHopFact(link, null)] };

    public static NodeFacts Node(string name, params IReadOnlyList<NamespaceFacts> namespaces) =>
        new() { Node = name, At = At, ObservedSeconds = 8, KernelRelease = "6.12.0", Namespaces = namespaces };

    private static RouteLookupFact Lookup(string device, IpPrefix prefix) => new()
    {
        Purpose = RouteLookupPurpose.AllowedIp,
        Device = device,
        Destination = prefix.Network,
        Prefix = prefix,
        Type = RouteType.Unicast,
        Link = Tunnel,
        Table = 254,
    };
}
