// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tests.Model;

/// <summary>A node that a test may bend before its facts are taken. Route lookups are answered from its routes and rules.</summary>
internal sealed class TestNode(string name)
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public string Name { get; } = name;

    public DateTimeOffset At { get; set; } = Now;

    public double Observed { get; set; } = 16;

    public List<LinkFact> Links { get; } = [new() { Index = 1, Name = "lo", Loopback = true, Up = true, Mtu = 65536 }];

    public List<AddressFact> Addresses { get; } = [];

    public List<RouteFact> Routes { get; } = [];

    public List<RuleFact> Rules { get; } =
    [
        .. new[] { IpFamily.IPv4, IpFamily.IPv6 }.SelectMany(family => new[]
        {
            new RuleFact { Family = family, Priority = 0, Action = 1, Table = 255 },
            new RuleFact { Family = family, Priority = 32766, Action = 1, Table = 254 },
        }),
    ];

    public Dictionary<string, long> Sysctls { get; } = new()
    {
        ["net.ipv4.ip_forward"] = 1,
        ["net.ipv6.conf.all.forwarding"] = 1,
    };

    public Dictionary<string, Counter> ProtocolCounters { get; } = new()
    {
        ["Ip.InAddrErrors"] = new(0, 0),
        ["Ip6.InAddrErrors"] = new(0, 0),
    };

    public List<TestDevice> Devices { get; } = [];

    /// <summary>Changes the finished facts.</summary>
    public List<Func<NodeFacts, NodeFacts>> Changes { get; } = [];

    public List<NeighbourFact> Neighbours { get; } = [];

    /// <summary>Lookups of packets with a source or an incoming device, answered as a test wants it.</summary>
    public List<RouteLookupFact> Flows { get; } = [];

    /// <summary>The namespaces besides the host's.</summary>
    public List<NamespaceFacts> Pods { get; } = [];

    public Facts.Host.HostFacts? Host { get; set; }

    /// <summary>A last change to the host namespace's facts.</summary>
    public Func<NamespaceFacts, NamespaceFacts>? Bend { get; set; }

    public List<UapiSocketFact> SocketProblems { get; } = [];

    /// <summary>Walks of sample packets; none = nobody walked.</summary>
    public List<WalkFact> Walks { get; } = [];

    public TestDevice Device => Devices[0];

    public int AddLink(string name, string? kind = null, int mtu = 1500, int? master = null)
    {
        var index = Links.Max(link => link.Index) + 1;
        Links.Add(new LinkFact { Index = index, Name = name, Kind = kind, Up = true, LowerUp = true, Mtu = mtu, Master = master, Counters = Flat() });
        return index;
    }

    public TestDevice AddDevice(string name, bool userspace = false, int mtu = 1420)
    {
        var device = new TestDevice(this, name, AddLink(name, userspace ? "tun" : "wireguard", mtu)) { Userspace = userspace };
        Devices.Add(device);
        return device;
    }

    /// <summary>An address with the connected route that the kernel adds for it.</summary>
    public TestNode AddAddress(int link, string address)
    {
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        var ip = IpAddr.Parse(address[..slash]);
        var prefix = IpPrefix.Parse(address);
        Addresses.Add(new AddressFact { Link = link, Address = ip, PrefixLength = prefix.Length });
        Routes.Add(new RouteFact { Destination = IpPrefix.Host(ip), Table = 255, Type = RouteType.Local, Protocol = 2, NextHops = [new(link, null)] });
        if (!prefix.IsHost) AddRoute(address, link, protocol: 2, metric: ip.Family == IpFamily.IPv6 ? 256u : 0);
        return this;
    }

    public TestNode AddRoute(string destination, int link, string? via = null, byte protocol = 3, uint table = 254, uint? metric = null, RouteType type = RouteType.Unicast)
    {
        var prefix = IpPrefix.Parse(destination);
        Routes.Add(new RouteFact
        {
            Destination = prefix,
            Table = table,
            Type = type,
            Protocol = protocol,
            Metric = metric ?? (prefix.Family == IpFamily.IPv6 ? 1024u : 0),
            NextHops = type == RouteType.Unicast ? [new(link, via is null ? null : IpAddr.Parse(via))] : [],
        });
        return this;
    }

    public int LinkIndex(string name) => Links.Single(link => link.Name == name).Index;

    public void ChangeLink(int index, Func<LinkFact, LinkFact> change)
    {
        var position = Links.FindIndex(link => link.Index == index);
        Links[position] = change(Links[position]);
    }

    /// <summary>As <c>ip link set down</c>: routes go, and IPv6 addresses as well.</summary>
    public void SetDown(TestDevice device)
    {
        ChangeLink(device.Link, link => link with { Up = false, LowerUp = false });
        Routes.RemoveAll(route => route.NextHops.Any(hop => hop.Link == device.Link) && route.Table != 255);
        Addresses.RemoveAll(address => address.Link == device.Link && address.Address.Family == IpFamily.IPv6);
    }

    public static LinkCounters Flat() => new()
    {
        RxPackets = new(1000, 0),
        TxPackets = new(1000, 0),
        RxBytes = new(84000, 0),
        TxBytes = new(84000, 0),
        RxErrors = new(0, 0),
        TxErrors = new(0, 0),
        RxFrameErrors = new(0, 0),
        RxLengthErrors = new(0, 0),
        RxDropped = new(0, 0),
        TxDropped = new(0, 0),
    };

    public NodeFacts ToFacts(bool lookups = true) => Changes.Aggregate(Unchanged(lookups), (facts, change) => change(facts));

    private NodeFacts Unchanged(bool lookups) => new()
    {
        Node = Name,
        At = At,
        ObservedSeconds = Observed,
        Host = Host,
        Namespaces =
        [
            (Bend ?? (space => space))(new NamespaceFacts
            {
                Id = $"net:[{Name}]",
                Name = "host",
                Links = Fact<IReadOnlyList<LinkFact>>([.. Links]),
                Addresses = Fact<IReadOnlyList<AddressFact>>([.. Addresses]),
                Routes = Fact<IReadOnlyList<RouteFact>>([.. Routes]),
                Rules = Fact<IReadOnlyList<RuleFact>>([.. Rules]),
                Neighbours = Fact<IReadOnlyList<NeighbourFact>>([.. Neighbours]),
                Sysctls = Fact<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>(Sysctls)),
                ProtocolCounters = Fact<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter>(ProtocolCounters)),
                KernelWireGuard = Devices.Exists(device => !device.Userspace) || Devices.Count == 0
                    ? Fact<IReadOnlyList<WireGuardDeviceFact>>([.. Devices.Where(device => !device.Userspace).Select(device => device.ToFact(At))])
                    : new() { Source = "genetlink wireguard", At = At, NotAvailable = new(NotAvailableReason.NotPresent, "no module") },
                UserspaceWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>([.. Devices.Where(device => device.Userspace).Select(device => device.ToFact(At))]),
                UapiSocketProblems = [.. SocketProblems],
                RouteLookups = Fact<IReadOnlyList<RouteLookupFact>>(lookups ? [.. KernelLookups.Of(this), .. Flows] : []),
                Walks = Walks.Count > 0 ? Fact<IReadOnlyList<WalkFact>>([.. Walks]) : null,
            }),
            .. Pods,
        ],
    };

    public Fact<T> Fact<T>(T value)
        where T : class => new() { Source = "test", At = At, Value = value };
}
