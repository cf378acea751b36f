// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>One network namespace of a node, indexed.</summary>
internal sealed class NamespaceView
{
    private readonly Dictionary<int, LinkFact> _links = [];
    private readonly Dictionary<string, LinkFact> _linksByName = [];
    private readonly ILookup<int, AddressFact> _addresses;
    private readonly Rebuildable<ILookup<int, RouteFact>> _routesByLink;
    private readonly Rebuildable<Fib> _fib;
    private readonly Rebuildable<LookupIndex> _lookups;

    public NamespaceView(NodeView node, NamespaceFacts facts, bool isHost)
    {
        Node = node;
        Facts = facts;
        IsHost = isHost;
        Links = [.. Safe.List(facts.Links).Where(link => link.Name is not null).OrderBy(link => link.Index).ThenBy(link => link.Name, StringComparer.Ordinal)];
        foreach (var link in Links)
        {
            _links.TryAdd(link.Index, link);
            _linksByName.TryAdd(link.Name, link);
        }

        Addresses = [.. Safe.List(facts.Addresses).Where(address => PrefixMath.IsReal(address.Address))];
        Routes = [.. Safe.List(facts.Routes).Where(route => route.NextHops is not null && PrefixMath.IsReal(route.Destination))
            .Select(route => route.NextHops.Any(hop => hop is null) ? route with { NextHops = [.. route.NextHops.Where(hop => hop is not null)] } : route)];
        _addresses = Addresses.OrderBy(address => address.Address).ToLookup(address => address.Link);
        _routesByLink = new(() => Routes.Where(route => route.Table != PolicyRules.LocalTable && route.Type == RouteType.Unicast)
            .SelectMany(route => route.NextHops.Select(hop => hop.Link).Distinct().Select(link => (link, route)))
            .ToLookup(pair => pair.link, pair => pair.route), node.KeepsIndexes);
        _fib = new(() => new Fib(Routes, Safe.List(facts.Rules)), node.KeepsIndexes);
        _lookups = new(() => new LookupIndex(Safe.List(facts.RouteLookups)), node.KeepsIndexes);
    }

    public NodeView Node { get; }

    public NamespaceFacts Facts { get; }

    public bool IsHost { get; }

    /// <summary>Null for the host's namespace, else a name fit to be shown.</summary>
    public string? Name => IsHost ? null : DisplayText.Name(Facts.Name);

    public IReadOnlyList<LinkFact> Links { get; }

    public IReadOnlyList<AddressFact> Addresses { get; }

    public IReadOnlyList<RouteFact> Routes { get; }

    public List<DeviceView> Devices { get; } = [];

    /// <summary>Links that carry the outer packets, or the default route.</summary>
    public HashSet<int> UnderlayLinks { get; } = [];

    /// <summary>Networks and single routes on links that are neither WireGuard nor underlay nor loopback.</summary>
    public List<OwnedPrefix> LocalNetworks { get; } = [];

    public Fib Fib => _fib.Value;

    public LookupIndex Lookups => _lookups.Value;

    public bool RoutesRead => Safe.WasRead(Facts.Routes);

    public LinkFact? LinkByIndex(int index) => _links.GetValueOrDefault(index);

    public LinkFact? LinkByName(string name) => _linksByName.GetValueOrDefault(name);

    public string LinkName(int index) => LinkByIndex(index) is { } link ? DisplayText.Name(link.Name) : $"interface {index}";

    public IEnumerable<AddressFact> AddressesOn(int link) => _addresses[link];

    public IEnumerable<RouteFact> RoutesVia(int link) => _routesByLink.Value[link];

    public bool IsWireGuard(int link) => Devices.Exists(device => device.Link?.Index == link);

    public long? Sysctl(string name) =>
        Facts.Sysctls?.Value is { } values && values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Growth of a protocol counter during the observation; 0 when it was not observed.</summary>
    public ulong CounterGrowth(string name) =>
        Facts.ProtocolCounters?.Value is { } values && values.TryGetValue(name, out var counter) ? counter.Growth ?? 0 : 0;

    public static bool LeadsTo(RouteFact route, int link) =>
        route.Type == RouteType.Unicast && route.NextHops.Any(hop => hop.Link == link);
}
