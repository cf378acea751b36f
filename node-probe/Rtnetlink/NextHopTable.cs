// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Puts the hops of nexthop objects into the routes that name them.</summary>
internal sealed class NextHopTable
{
    private readonly Dictionary<uint, NextHopObject> _byId = [];

    public NextHopTable(IReadOnlyList<NextHopObject> objects)
    {
        foreach (var hop in objects) _byId[hop.Id] = hop;
    }

    public static NextHopTable Empty { get; } = new([]);

    /// <summary>The route with its hops; an object that is not there (removed meanwhile) is counted and leaves the route without hops.</summary>
    public RouteFact Resolve(DecodedRoute route, ref int unknown)
    {
        if (!route.NeedsNextHops) return route.Fact;
        if (!_byId.TryGetValue(route.NextHopId, out var target))
        {
            unknown++;
            return route.Fact;
        }

        if (target.Blackhole) return route.Fact with { Type = RouteType.Blackhole };
        var hops = new List<NextHopFact>();
        foreach (var id in target.Members.Count == 0 ? [target.Id] : target.Members)
        {
            if (_byId.TryGetValue(id, out var member) && member.Link is { } link) hops.Add(new NextHopFact(link, member.Gateway, member.Dead));
            else unknown++;
        }

        return route.Fact with { NextHops = hops };
    }
}
