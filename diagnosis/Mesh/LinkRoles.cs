// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Tells the links that carry the tunnels from those that have networks behind them.</summary>
internal static class LinkRoles
{
    /// <summary>Devices that wrap packets for elsewhere: what is routed into them is not local.</summary>
    private static readonly HashSet<string> OverlayKinds = new(StringComparer.Ordinal)
    {
        "wireguard", "tun", "vxlan", "geneve", "ipip", "sit", "gre", "gretap", "ip6gre", "ip6gretap", "ip6tnl", "vti", "vti6", "xfrm",
    };

    public static void Assign(IReadOnlyList<NodeView> nodes, IReadOnlyList<DeviceView> devices)
    {
        var endpoints = devices.SelectMany(device => device.Peers)
            .Where(peer => peer.Endpoint is not null)
            .Select(peer => peer.Endpoint!.Value.Address)
            .ToHashSet();
        foreach (var ns in nodes.SelectMany(node => node.Namespaces))
        {
            FindUnderlay(ns, endpoints);
            FindLocalNetworks(ns);
        }
    }

    /// <summary>True when hosts other than the node itself can be behind the link.</summary>
    public static bool CanHostOthers(NamespaceView ns, int index) => ns.LinkByIndex(index) is { } link && link.Kind switch
    {
        "dummy" or "ifb" => false,
        "bridge" => ns.Links.Any(port => port.Master == index),
        _ => !link.Loopback,
    };

    private static void FindUnderlay(NamespaceView ns, HashSet<IpAddr> endpoints)
    {
        foreach (var lookup in ns.Lookups.Endpoints)
        {
            if (lookup is { Type: RouteType.Unicast, Link: { } link }) ns.UnderlayLinks.Add(link);
        }

        foreach (var address in ns.Addresses)
        {
            if (endpoints.Contains(address.Address)) ns.UnderlayLinks.Add(address.Link);
        }

        foreach (var route in ns.Routes.Where(route => route.Destination.IsDefault && route.Type == RouteType.Unicast))
            ns.UnderlayLinks.UnionWith(route.NextHops.Select(hop => hop.Link));
        ns.UnderlayLinks.RemoveWhere(link => ns.IsWireGuard(link) || ns.LinkByIndex(link) is null or { Loopback: true });
    }

    private static void FindLocalNetworks(NamespaceView ns)
    {
        var connected = ns.Addresses
            .Select(address => (address.Link, IsPrefix: IpPrefix.TryCreate(address.Address, address.PrefixLength, out var prefix), Prefix: prefix))
            .Where(candidate => candidate.IsPrefix)
            .Select(candidate => (candidate.Link, candidate.Prefix));
        // Pods of Calico and the like have no network, only a route each to their veth.
        var routed = ns.Routes
            .Where(route => route is { Type: RouteType.Unicast, NextHops: [{ Gateway: null }] } && route.Table != PolicyRules.LocalTable)
            .Select(route => (route.NextHops[0].Link, Prefix: route.Destination));
        foreach (var (link, prefix) in connected.Concat(routed).Distinct().OrderBy(item => item.Prefix, PrefixOrder.Instance).ThenBy(item => item.Link))
        {
            if (IsLocal(ns, link) && PrefixMath.IsRoutable(prefix)) ns.LocalNetworks.Add(new OwnedPrefix(prefix, OwnedKind.LocalNetwork, link));
        }
    }

    private static bool IsLocal(NamespaceView ns, int index) =>
        !ns.UnderlayLinks.Contains(index)
        && !ns.IsWireGuard(index)
        && ns.LinkByIndex(index) is { Loopback: false, Up: true } link
        && (link.Kind is null || !OverlayKinds.Contains(link.Kind));
}
