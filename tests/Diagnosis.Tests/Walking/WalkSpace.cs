// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Walking;

namespace KubeWgDiag.Diagnosis.Tests.Walking;

/// <summary>A namespace of a walk that a test builds up; it answers for its own routes, longest prefix first.</summary>
internal sealed class WalkSpace(string name) : IRouteOracle
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<LinkFact> _links = [];
    private readonly List<AddressFact> _addresses = [];
    private readonly List<(IpPrefix Prefix, int Link, IpAddr? Via)> _routes = [];

    public Dictionary<string, long> Sysctls { get; } = [];

    public WireGuardDeviceFact? Device { get; set; }

    public NetfilterFact? Filter { get; set; }

    public NotAvailable? FilterMissing { get; set; }

    /// <summary>The errno with which every question about a packet that came in is refused.</summary>
    public string? Refusal { get; set; }

    /// <summary>As the kernel does: no answer for a packet made here with an address that is not this host's.</summary>
    public bool RefusesForeignSources { get; init; }

    /// <summary>It forwards, by all its devices.</summary>
    public bool Forwards { get; set; }

    public WalkSpace Link(int index, string link, string? kind = null, int mtu = 1420, int? peer = null, bool elsewhere = false, int? master = null, bool loopback = false)
    {
        _links.Add(new LinkFact
        {
            Index = index,
            Name = link,
            Kind = kind,
            Up = true,
            LowerUp = true,
            Mtu = mtu,
            Peer = peer,
            PeerInOtherNamespace = elsewhere,
            Master = master,
            Loopback = loopback,
        });
        return this;
    }

    public WalkSpace Address(int link, string address)
    {
        var own = IpAddr.Parse(address);
        _addresses.Add(new AddressFact { Link = link, Address = own, PrefixLength = own.Width });
        return this;
    }

    public WalkSpace Route(string prefix, string link, string? via = null)
    {
        _routes.Add((IpPrefix.Parse(prefix), _links.Single(l => l.Name == link).Index, via is null ? null : IpAddr.Parse(via)));
        return this;
    }

    public RoutingAnswer? Ask(RoutingQuestion question)
    {
        if (question.InputLink is not null && Refusal is { } error) return new RoutingAnswer { Type = RouteType.Unreachable, Error = error };
        if (RefusesForeignSources && question is { InputLink: null, Source: { } chosen } && _addresses.TrueForAll(own => own.Address != chosen))
            return new RoutingAnswer { Type = RouteType.Unreachable, Error = "EINVAL" };
        if (_addresses.Any(own => own.Address == question.Destination))
            return new RoutingAnswer { Type = RouteType.Local, Link = 1, Table = 255, Matched = IpPrefix.Host(question.Destination) };
        foreach (var (prefix, link, via) in _routes.Where(r => r.Prefix.Contains(question.Destination)).OrderByDescending(r => r.Prefix.Length))
        {
            var source = _addresses.FirstOrDefault(own => own.Link == link)?.Address;
            return new RoutingAnswer { Type = RouteType.Unicast, Link = link, Gateway = via, Source = source, Table = 254, Matched = prefix };
        }

        return new RoutingAnswer { Type = RouteType.Unreachable, Error = "ENETUNREACH" };
    }

    public WalkNamespace Build()
    {
        if (Forwards) _links.ForEach(link => Sysctls[$"net.ipv4.conf.{link.Name}.forwarding"] = 1);
        var rules = new[] { IpFamily.IPv4, IpFamily.IPv6 }
            .SelectMany(family => new[] { (0u, 255u), (32766u, 254u) }.Select(rule => new RuleFact { Family = family, Priority = rule.Item1, Action = 1, Table = rule.Item2 }));
        var facts = new NamespaceFacts
        {
            Id = $"net:[{name}]",
            Name = name,
            Links = Fact<IReadOnlyList<LinkFact>>([.. _links]),
            Addresses = Fact<IReadOnlyList<AddressFact>>([.. _addresses]),
            Routes = Fact<IReadOnlyList<RouteFact>>([.. _routes.Select(route => new RouteFact { Destination = route.Prefix, Table = 254, Type = RouteType.Unicast, Protocol = 3, NextHops = [new(route.Link, route.Via)] })]),
            Rules = Fact<IReadOnlyList<RuleFact>>([.. rules]),
            Neighbours = Fact<IReadOnlyList<NeighbourFact>>([]),
            Sysctls = Fact<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>(Sysctls)),
            ProtocolCounters = Fact<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter>()),
            KernelWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>(Device is null ? [] : [Device]),
            UserspaceWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
            RouteLookups = Fact<IReadOnlyList<RouteLookupFact>>([]),
            Netfilter = FilterMissing is null
                ? Fact(Filter ?? new NetfilterFact())
                : new Fact<NetfilterFact> { Source = "test", At = Now, NotAvailable = FilterMissing },
        };
        return new WalkNamespace(facts, this);
    }

    private static Fact<T> Fact<T>(T value)
        where T : class => new() { Source = "test", At = Now, Value = value };
}
