// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Routes;

/// <summary>The routing tables asked for a packet with its mark, source and devices. What the facts do not hold leads to null, never to a guess.</summary>
internal sealed class PacketFib
{
    private const byte ToTable = 1, Blackhole = 6, Unreachable = 7, Prohibit = 8;

    private readonly Dictionary<uint, PrefixTable<RouteFact>> _tables;
    private readonly IReadOnlyList<RuleFact> _rules4;
    private readonly IReadOnlyList<RuleFact> _rules6;
    private readonly Dictionary<int, PacketInterface> _devices;

    public PacketFib(IReadOnlyList<RouteFact> routes, IReadOnlyList<RuleFact> rules, Dictionary<int, PacketInterface> devices)
    {
        _devices = devices;
        _tables = routes.GroupBy(route => route.Table)
            .ToDictionary(group => group.Key, group => new PrefixTable<RouteFact>(group.Select(route => KeyValuePair.Create(route.Destination, route))));
        _rules4 = PolicyRules.Ordered(rules, IpFamily.IPv4);
        _rules6 = PolicyRules.Ordered(rules, IpFamily.IPv6);
    }

    /// <summary>inet_dev_addr_type: the local table alone says it.</summary>
    public RouteType? AddressType4(IpAddr address, PacketInterface? device)
    {
        var bits = (uint)address.Bits;
        if (bits >> 24 == 0 || bits == uint.MaxValue) return RouteType.Broadcast;
        if (address.IsMulticast) return RouteType.Multicast;
        if (!_tables.TryGetValue(PolicyRules.LocalTable, out var local)) return RouteType.Broadcast;
        if (!Best(local, address, out var route)) return null;
        if (route is null) return RouteType.Unicast;
        return device is null || (route.NextHops.Count > 0 && route.NextHops[0].Link == device.Index) ? route.Type : RouteType.Unicast;
    }

    /// <summary>The gateway of the route to a destination through a device; null when on-link or unknown.</summary>
    public IpAddr? Gateway(IpAddr destination, int device) =>
        Lookup(new RouteQuestion(destination), out var route) ? route?.NextHops.FirstOrDefault(hop => hop.Link == device)?.Gateway : null;

    public RouteAnswer? Route(RouteQuestion question)
    {
        if (!Lookup(question, out var route)) return null;
        if (route is null) return new RouteAnswer(RouteType.Unreachable);
        if (route.Type is not (RouteType.Unicast or RouteType.Local or RouteType.Multicast or RouteType.Broadcast or RouteType.Anycast)) return new RouteAnswer(route.Type);
        if (question.Device is { } wanted)
        {
            if (wanted.Index is not { } index) return null;
            return route.NextHops.Any(hop => hop.Link == index) ? new RouteAnswer(route.Type, wanted) : new RouteAnswer(RouteType.Unreachable);
        }

        // Among several next hops a hash chooses.
        var alive = route.NextHops.Where(hop => !hop.Dead).Select(hop => hop.Link).Distinct().ToList();
        return new RouteAnswer(route.Type, alive.Count == 1 ? _devices.GetValueOrDefault(alive[0]) : null);
    }

    /// <summary>False when a rule or route looks at something that is not in the facts.</summary>
    private bool Lookup(RouteQuestion question, out RouteFact? route)
    {
        route = null;
        foreach (var rule in question.Destination.Family == IpFamily.IPv4 ? _rules4 : _rules6)
        {
            if (Matches(rule, question) is not { } matches || (matches && rule.OtherSelectors)) return false;
            if (!matches) continue;
            switch (rule.Action)
            {
                case ToTable:
                    if (!_tables.TryGetValue(rule.Table, out var table)) continue;
                    if (!Best(table, question.Destination, out var best)) return false;
                    if (best is null || best.Type == RouteType.Throw) continue;
                    if (rule.SuppressPrefixLength is { } limit && best.Destination.Length <= limit) continue;
                    route = best;
                    return true;
                case Blackhole or Unreachable or Prohibit:
                    return true;
                default:
                    return false;
            }
        }

        return true;
    }

    /// <summary>Null = the packet's property is unknown.</summary>
    private static bool? Matches(RuleFact rule, RouteQuestion question)
    {
        if (rule.OutputInterface is { Length: > 0 }) return rule.Invert;
        var matches = (rule.To is not { } to || to.Contains(question.Destination)) && rule.InputInterface switch
        {
            null or "" => true,
            "lo" => question.Input is null,
            var name => question.Input?.Name == name,
        };
        if (matches && rule.From is { IsDefault: false } from)
        {
            if (question.Source is not { } source) return null;
            matches = from.Contains(source);
        }

        if (matches && rule.Mark is { } mark)
        {
            if (question.Mark is not { } own) return null;
            matches = ((own ^ mark) & (rule.MarkMask ?? uint.MaxValue)) == 0;
        }

        return matches != rule.Invert;
    }

    /// <summary>The longest prefix, then the lowest metric; false when a route that might win is for some TOS or source only.</summary>
    private static bool Best(PrefixTable<RouteFact> table, IpAddr destination, out RouteFact? best)
    {
        best = null;
        foreach (var (prefix, route) in table.Covering(IpPrefix.Host(destination)))
        {
            if (best is not null && prefix.Length < best.Destination.Length) break;
            if (route.NextHops.Count > 0 && route.NextHops.All(hop => hop.Dead)) continue;
            if (route.OtherSelectors) return false;
            if (best is null || route.Metric < best.Metric) best = route;
        }

        return true;
    }
}
