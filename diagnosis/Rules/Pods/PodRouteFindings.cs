// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Pods;

/// <summary>What is wrong with the way out of a namespace behind a node.</summary>
internal enum WayOut
{
    /// <summary>Nothing that can be told.</summary>
    Fine,

    /// <summary>No route, or one that refuses.</summary>
    None,

    /// <summary>A gateway that is not the node and does not answer.</summary>
    DeadGateway,
}

/// <summary>Judges the way from a namespace behind a node to the networks behind the tunnel.</summary>
internal static class PodRouteFindings
{
    public static IEnumerable<RuleFinding> Make(RuleDescriptor rule, MeshModel mesh, Func<PodPlace, WayOut, bool> wanted)
    {
        foreach (var place in PodPlace.Find(mesh))
        {
            var judged = place.Remote().Select(prefix => (Prefix: prefix, Route: place.Namespace.Fib.Lookup(PrefixMath.Representative(prefix)))).Select(item => (item.Prefix, item.Route, Way: Judge(place, item.Route))).ToList();
            foreach (var family in judged.Where(item => item.Way != WayOut.Fine && wanted(place, item.Way)).GroupBy(item => (item.Prefix.Family, item.Way)))
                yield return Build(rule, place, family.Key.Way, [.. family.Select(item => item.Prefix)], family.First().Route);
        }
    }

    /// <summary>Whether the way out is wrong for some network behind the tunnel's peers.</summary>
    public static bool IsWrong(PodPlace place) => place.Remote().Any(prefix => Judge(place, place.Namespace.Fib.Lookup(PrefixMath.Representative(prefix))) != WayOut.Fine);

    private static WayOut Judge(PodPlace place, RouteFact? route)
    {
        if (route is null || route.Type is RouteType.Unreachable or RouteType.Blackhole or RouteType.Prohibit) return WayOut.None;
        // Several devices by design (Multus), or no gateway at all: the CNI's business.
        if (route.NextHops is not [{ Gateway: { } gateway } hop] || hop.Link != place.Inner.Index) return WayOut.Fine;
        if (gateway.IsLinkLocal || place.Host.Addresses.Any(address => address.Address == gateway)) return WayOut.Fine;
        var entry = Safe.List(place.Namespace.Facts.Neighbours).FirstOrDefault(entry => entry.Link == hop.Link && entry.Address == gateway);
        return entry?.State is "FAILED" or "INCOMPLETE" ? WayOut.DeadGateway : WayOut.Fine;
    }

    private static RuleFinding Build(RuleDescriptor rule, PodPlace place, WayOut way, List<IpPrefix> prefixes, RouteFact? route)
    {
        var ns = place.Namespace;
        var address = ns.AddressesOn(place.Inner.Index).First(address => address.Address.Family == prefixes[0].Family && !address.Address.IsLinkLocal).Address;
        var ip = prefixes[0].Family == IpFamily.IPv6 ? "ip -6" : "ip";
        var gateway = route?.NextHops is [{ Gateway: { } via }] ? via : (IpAddr?)null;
        var draft = new FindingDraft(rule, place.Device)
        {
            Message = way == WayOut.None
                ? $"{ns.Name} ({address}) behind {place.Host.Node.Name} has no route to {DisplayText.Join(prefixes, 3)}: what comes to it through the tunnel is never answered."
                : $"{ns.Name} ({address}) on {place.Host.Node.Name} sends packets for {DisplayText.Join(prefixes, 3)} to the gateway {gateway}, which is not the node and does not answer.",
            Confidence = 0.93,
            Family = prefixes[0].Family,
            Prefixes = prefixes,
            Place = ns,
            PlaceDevice = DisplayText.Name(place.Inner.Name),
        };
        draft.Evidence(ns, $"{ip} route get {PrefixMath.Representative(prefixes[0])}", way == WayOut.None ? route?.Type.ToString() ?? "no route" : $"via {gateway}", "a route by the node");
        if (way == WayOut.DeadGateway) draft.Evidence(ns, $"{ip} neigh show {gateway}", "FAILED or INCOMPLETE", "REACHABLE");
        var node = place.Host.Addresses.FirstOrDefault(own => own.Address.Family == address.Family && !own.Address.IsLinkLocal
            && (own.Link == place.Outer.Index || own.Link == place.Outer.Master) && IpPrefix.TryCreate(own.Address, own.PrefixLength, out var net) && net.Contains(address));
        if (node is not null) draft.Evidence(place.Host, $"{ip} addr show dev {place.Host.LinkName(node.Link)}", $"{node.Address}: the node's address in that network", null);
        return draft.Build();
    }
}
