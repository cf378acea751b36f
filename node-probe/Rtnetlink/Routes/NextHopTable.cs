// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Puts the hops of nexthop objects into the routes that name them.</summary>
internal sealed class NextHopTable
{
    private readonly Dictionary<uint, NextHopObject> _byId = [];

    public NextHopTable(IReadOnlyList<NextHopObject> objects)
    {
        foreach (var hop in objects) _byId[hop.Id] = hop;
    }

    /// <summary>The routes with their hops; an object that is not there (removed meanwhile) is counted and leaves the route without hops.</summary>
    public IReadOnlyList<RouteFact> Resolve(IReadOnlyList<RouteFact> routes, ref int unknown)
    {
        var resolved = new List<RouteFact>(routes.Count);
        foreach (var route in routes) resolved.Add(Resolve(route, ref unknown));
        return resolved;
    }

    private RouteFact Resolve(RouteFact route, ref int unknown)
    {
        if (route is not { NextHopId: { } wanted, Type: RouteType.Unicast, NextHops.Count: 0 }) return route;
        if (!_byId.TryGetValue(wanted, out var target))
        {
            unknown++;
            return route;
        }

        if (target.Blackhole) return route with { Type = RouteType.Blackhole };
        if (target.Members.Count == 0)
        {
            var flags = (route.Flags ?? 0) | target.Flags;
            return route with { NextHops = HopOf(target, weight: null, ref unknown), Flags = flags == 0 ? null : flags };
        }

        var hops = new List<NextHopFact>();
        foreach (var (id, weight) in target.Members)
        {
            if (_byId.TryGetValue(id, out var member)) hops.AddRange(HopOf(member, weight, ref unknown));
            else unknown++;
        }

        return route with { NextHops = hops };
    }

    private static IReadOnlyList<NextHopFact> HopOf(NextHopObject hop, int? weight, ref int unknown)
    {
        if (hop.Link is not { } link)
        {
            unknown++;
            return [];
        }

        // The flags of a route's only hop are the route's.
        byte? flags = weight is null || hop.Flags == 0 ? null : (byte)hop.Flags;
        return [new NextHopFact(link, hop.Gateway, (hop.Flags & RouteAttributeTypes.FlagsDead) != 0, weight, flags, hop.Encapsulation)];
    }
}
