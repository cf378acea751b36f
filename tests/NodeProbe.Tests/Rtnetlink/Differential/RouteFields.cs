// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Routes in the words of <c>ip -j -d route</c>.</summary>
internal static class RouteFields
{
    private static readonly string[] Preferences = ["medium", "high", "2", "low"];

    public static IpJson Tool { get; } = new(
        new HashSet<string>
        {
            "type", "dst", "from", "gateway", "dev", "table", "protocol", "scope", "flags", "metric", "prefsrc", "tos", "flow.from", "flow.to", "encap", "nhid",
            "via.family", "via.host", "pref", "expires", "nexthops[].gateway", "nexthops[].dev", "nexthops[].weight", "nexthops[].flags", "nexthops[].via.family",
            "nexthops[].via.host", "nexthops[].encap", "metrics[].mtu", "metrics[].window", "metrics[].rtt", "metrics[].rttvar", "metrics[].ssthresh",
            "metrics[].cwnd", "metrics[].advmss", "metrics[].reordering", "metrics[].hoplimit", "metrics[].initcwnd", "metrics[].ecn", "metrics[].rto_min",
            "metrics[].initrwnd", "metrics[].quickack", "metrics[].congestion", "metrics[].fastopen_no_cookie",
        },
        new Dictionary<string, string>
        {
            ["nh_info."] = "ip looks the nexthop object up itself; its hops are compared where the route has them",
            ["id"] = "inside an encapsulation, of which only the kind is read",
            ["src"] = "inside an encapsulation, of which only the kind is read",
            ["ttl"] = "inside an encapsulation, of which only the kind is read",
            ["mode"] = "inside an encapsulation, of which only the kind is read",
            ["segs"] = "inside an encapsulation, of which only the kind is read",
            ["action"] = "inside an encapsulation, of which only the kind is read",
        },
        new HashSet<string> { "expires" });

    public static Fields Of(RouteFact route, IReadOnlyDictionary<int, string> names)
    {
        var isV4 = route.Destination.Family == IpFamily.IPv4;
        var fields = new Fields()
            .Put("type", route.Type.ToString().ToLowerInvariant())
            .Put("dst", IpNames.Destination(route.Destination))
            .Put("from", route.Source is { } source ? IpNames.Destination(source) : null)
            .Put("table", IpNames.Table(route.Table))
            .Put("protocol", IpNames.Protocol(route.Protocol))
            .Put("scope", IpNames.Scope(route.Scope))
            .Words("flags", IpNames.FlagsOfHop(route.Flags ?? 0))
            .Put("metric", isV4 && route.Metric == 0 ? null : route.Metric)
            .Put("prefsrc", route.PreferredSource)
            .Put("tos", route.Tos is { } tos ? "0x" + tos.ToString("x2", CultureInfo.InvariantCulture) : null)
            .Put("flow.from", route.Realms >> 16)
            .Put("flow.to", route.Realms & 0xffff)
            .Put("nhid", route.NextHopId)
            .Put("pref", route.Preference is { } preference ? Preferences[preference] : null)
            .Tick("expires", route.ExpiresSeconds);
        Metrics(fields, route);
        Hops(fields, route, isV4, names);
        return fields;
    }

    private static void Hops(Fields fields, RouteFact route, bool isV4, IReadOnlyDictionary<int, string> names)
    {
        var isDropped = route.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw;
        // IPv6 and nexthop objects hang them on the loopback device, of which no fact is made.
        if (isDropped && (!isV4 || route.NextHopId is not null)) fields.Put("dev", "lo");
        if (route.NextHops is [{ Weight: null } only])
        {
            Hop(fields, string.Empty, only, route.Destination.Family, names);
            return;
        }

        for (var i = 0; i < route.NextHops.Count; i++)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"nexthops[{i}].");
            Hop(fields, prefix, route.NextHops[i], route.Destination.Family, names);
            fields.Put(prefix + "weight", route.NextHops[i].Weight).Words(prefix + "flags", IpNames.FlagsOfHop(route.NextHops[i].Flags ?? 0));
        }
    }

    private static void Hop(Fields fields, string prefix, NextHopFact hop, IpFamily family, IReadOnlyDictionary<int, string> names)
    {
        fields.Put(prefix + "dev", names[hop.Link]).Put(prefix + "encap", hop.Encapsulation);
        if (hop.Gateway is not { } gateway) return;
        if (gateway.Family == family) fields.Put(prefix + "gateway", gateway);
        else fields.Put(prefix + "via.family", gateway.Family == IpFamily.IPv6 ? "inet6" : "inet").Put(prefix + "via.host", gateway);
    }

    private static void Metrics(Fields fields, RouteFact route)
    {
        fields.Put("metrics[0].mtu", route.Mtu).Put("metrics[0].congestion", route.CongestionControl);
        foreach (var (name, value) in route.Metrics ?? new Dictionary<string, uint>())
        {
            // The kernel keeps the round trip in eighths of a millisecond and its variance in quarters.
            if (name == "features") fields.Flag("metrics[0].ecn", (value & 1) != 0);
            else fields.Put("metrics[0]." + name, name switch { "rtt" => value / 8, "rttvar" => value / 4, _ => value });
        }
    }
}
