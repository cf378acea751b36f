// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>The routes of one namespace, asked as the kernel asks them: rule by rule, longest prefix, lowest metric.</summary>
internal sealed class Fib
{
    private readonly Dictionary<uint, PrefixTable<RouteFact>> _tables;
    private readonly IReadOnlyList<RuleFact> _rules4;
    private readonly IReadOnlyList<RuleFact> _rules6;

    public Fib(IEnumerable<RouteFact> routes, IReadOnlyList<RuleFact> rules)
    {
        // A route for one TOS or source prefix is not what an ordinary packet meets.
        _tables = routes
            .Where(route => !route.OtherSelectors)
            .GroupBy(route => route.Table)
            .ToDictionary(group => group.Key, group => new PrefixTable<RouteFact>(group.Select(route => KeyValuePair.Create(route.Destination, route))));
        _rules4 = PolicyRules.Ordered(rules, IpFamily.IPv4);
        _rules6 = PolicyRules.Ordered(rules, IpFamily.IPv6);
    }

    /// <summary>The route an ordinary packet to the address takes; null when there is none.</summary>
    public RouteFact? Lookup(IpAddr destination)
    {
        foreach (var rule in RulesOf(destination.Family))
        {
            if (!PolicyRules.IsTableLookup(rule) || !PolicyRules.Matches(rule, destination)) continue;
            if (!_tables.TryGetValue(rule.Table, out var table)) continue;
            if (Best(table, destination) is not { } best || best.Type == RouteType.Throw) continue;
            // suppress_prefixlength N: a result of this length or shorter does not count.
            if (rule.SuppressPrefixLength is { } limit && best.Destination.Length <= limit) continue;
            return best;
        }

        return null;
    }

    /// <summary>
    /// Where the rules lead a certain packet, and by which rule. Not sure when a rule on the way looks at something that is not known; null when no rule
    /// leads anywhere.
    /// </summary>
    public FlowAnswer? Follow(Flow flow)
    {
        const byte ToTable = 1, Goto = 2, Nop = 3;
        var sure = true;
        uint from = 0;
        foreach (var rule in RulesOf(flow.Destination.Family))
        {
            if (rule.Priority < from) continue;
            var matches = PolicyRules.Matches(rule, flow);
            sure &= matches is not null;
            if (matches is not true || rule.Action == Nop) continue;
            if (rule.Action == Goto) from = rule.GotoPriority ?? from;
            else if (rule.Action != ToTable) return new FlowAnswer(rule, null, sure);
            else if (FromTable(rule, flow.Destination) is { } best) return new FlowAnswer(rule, best, sure);
        }

        return null;
    }

    private RouteFact? FromTable(RuleFact rule, IpAddr destination) =>
        _tables.TryGetValue(rule.Table, out var table)
        && Best(table, destination) is { Type: not RouteType.Throw } best
        && !(rule.SuppressPrefixLength is { } limit && best.Destination.Length <= limit)
            ? best
            : null;

    /// <summary>Routes that an ordinary packet into the prefix could meet, be it that others win: covering ones and ones inside.</summary>
    public IEnumerable<RouteFact> Reachable(IpPrefix prefix)
    {
        foreach (var number in ConsultedTables(PrefixMath.Representative(prefix)))
        {
            if (!_tables.TryGetValue(number, out var table)) continue;
            foreach (var (_, route) in table.Covering(prefix)) yield return route;
            foreach (var (inside, route) in table.Inside(prefix))
            {
                if (inside != prefix) yield return route;
            }
        }
    }

    private IEnumerable<uint> ConsultedTables(IpAddr destination) => RulesOf(destination.Family)
        .Where(rule => PolicyRules.IsTableLookup(rule) && PolicyRules.Matches(rule, destination))
        .Select(rule => rule.Table)
        .Distinct();

    private IReadOnlyList<RuleFact> RulesOf(IpFamily family) => family == IpFamily.IPv4 ? _rules4 : _rules6;

    private static RouteFact? Best(PrefixTable<RouteFact> table, IpAddr destination)
    {
        RouteFact? best = null;
        foreach (var (prefix, route) in table.Covering(IpPrefix.Host(destination)))
        {
            if (best is not null && prefix.Length < best.Destination.Length) break;
            if (!IsAlive(route)) continue;
            if (best is null || route.Metric < best.Metric) best = route;
        }

        return best;
    }

    /// <summary>False when every next hop is dead: the kernel passes such a route over.</summary>
    private static bool IsAlive(RouteFact route) => route.NextHops.Count == 0 || route.NextHops.Any(hop => !hop.Dead);
}
