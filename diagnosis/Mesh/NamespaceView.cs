// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>One network namespace of a node, indexed.</summary>
internal sealed class NamespaceView
{
    /// <summary>Of so few a thing is found as fast without an index, and the indexes of thousands of nodes would be a good part of the model.</summary>
    private const int Few = 48;

    private readonly Dictionary<int, LinkFact>? _links;
    private readonly Dictionary<string, LinkFact>? _linksByName;
    private readonly IReadOnlyList<AddressFact> _sortedAddresses;
    private readonly ILookup<int, AddressFact>? _addresses;
    private readonly Rebuildable<ILookup<int, RouteFact>>? _routesByLink;
    private readonly Rebuildable<Fib> _fib;
    private readonly Rebuildable<LookupIndex> _lookups;

    public NamespaceView(NodeView node, NamespaceFacts facts, bool isHost)
    {
        Node = node;
        Facts = facts;
        IsHost = isHost;
        Links = NamespaceLists.Links(facts);
        if (Links.Count > Few)
        {
            (_links, _linksByName) = ([], new(StringComparer.Ordinal));
            foreach (var link in Links)
            {
                _links.TryAdd(link.Index, link);
                _linksByName.TryAdd(link.Name, link);
            }
        }

        Addresses = NamespaceLists.Addresses(facts);
        Routes = NamespaceLists.Routes(facts);
        _sortedAddresses = NamespaceLists.Sorted(Addresses);
        _addresses = Addresses.Count > Few ? _sortedAddresses.ToLookup(address => address.Link) : null;
        _routesByLink = Routes.Count <= Few ? null : new(() => Routes.Where(route => route.Table != PolicyRules.LocalTable && route.Type == RouteType.Unicast)
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

    public LinkFact? LinkByIndex(int index) => _links is null ? Links.FirstOrDefault(link => link.Index == index) : _links.GetValueOrDefault(index);

    public LinkFact? LinkByName(string name) =>
        _linksByName is null ? Links.FirstOrDefault(link => string.Equals(link.Name, name, StringComparison.Ordinal)) : _linksByName.GetValueOrDefault(name);

    public string LinkName(int index) => LinkByIndex(index) is { } link ? DisplayText.Name(link.Name) : $"interface {index}";

    public IEnumerable<AddressFact> AddressesOn(int link) => _addresses is null ? _sortedAddresses.Where(address => address.Link == link) : _addresses[link];

    public IEnumerable<RouteFact> RoutesVia(int link) => _routesByLink is null
        ? Routes.Where(route => route.Table != PolicyRules.LocalTable && LeadsTo(route, link))
        : _routesByLink.Value[link];

    public bool IsWireGuard(int link) => Devices.Exists(device => device.Link?.Index == link);

    public long? Sysctl(string name) =>
        Facts.Sysctls?.Value is { } values && values.TryGetValue(name, out var value) ? value : null;

    /// <summary>Growth of a protocol counter during the observation; 0 when it was not observed.</summary>
    public ulong CounterGrowth(string name) =>
        Facts.ProtocolCounters?.Value is { } values && values.TryGetValue(name, out var counter) ? counter.Growth ?? 0 : 0;

    public static bool LeadsTo(RouteFact route, int link) =>
        route.Type == RouteType.Unicast && route.NextHops.Any(hop => hop.Link == link);
}
