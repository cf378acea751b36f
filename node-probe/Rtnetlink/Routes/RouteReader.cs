// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>
/// Reads routes of all tables and both families (RTM_GETROUTE as a dump; struct rtmsg) in a stream. Under strict checking the kernel leaves
/// out cached exceptions by itself.
/// </summary>
internal static class RouteReader
{
    /// <summary>Reads what decides about tunnels, and some of the rest.</summary>
    public static Reading<IReadOnlyList<RouteFact>> Read(
        NetlinkConnection connection, Deadline deadline, RouteInterest interest, RouteLimits? limits = null)
    {
        var bounds = limits ?? new RouteLimits();
        var ipv4 = new RouteCollector(RtnetlinkTypes.FamilyInet, interest, bounds);
        var first = Dump(connection, RtnetlinkTypes.FamilyInet, ipv4, deadline);
        if (!first.IsOk) return Reading<IReadOnlyList<RouteFact>>.None(first);
        var ipv6 = new RouteCollector(RtnetlinkTypes.FamilyInet6, interest, bounds);
        var second = Dump(connection, RtnetlinkTypes.FamilyInet6, ipv6, deadline);
        if (!second.IsOk && !FamilyDump.IsAbsentFamily(RtnetlinkTypes.FamilyInet6, second)) return Reading<IReadOnlyList<RouteFact>>.None(second);

        var interrupted = first.Interrupted || second.Interrupted;
        var unknown = ipv4.Unknown + ipv6.Unknown;
        IReadOnlyList<RouteFact> routes = [.. ipv4.Routes, .. ipv6.Routes];
        if (ipv4.NeedsNextHops || ipv6.NeedsNextHops)
        {
            // By default the kernel writes the hops of nexthop objects into the route; with nexthop_compat_mode=0 only the id.
            var nextHops = NextHopReader.Read(connection, deadline);
            if (nextHops.Value is not { } table)
                return Reading<IReadOnlyList<RouteFact>>.None(nextHops.NotAvailable!.Reason, $"nexthop objects: {nextHops.NotAvailable.Detail}");
            interrupted |= nextHops.Interrupted;
            unknown += nextHops.Unknown;
            routes = table.Resolve(routes, ref unknown);
        }

        var seen = ipv4.Seen + ipv6.Seen;
        return Reading<IReadOnlyList<RouteFact>>.Of(
            routes, interrupted, unknown, CutOf(ipv4, ipv6, bounds), seen > routes.Count ? seen : null);
    }

    private static NetlinkResult Dump(NetlinkConnection connection, byte family, RouteCollector collector, Deadline deadline)
    {
        Span<byte> header = stackalloc byte[RtnetlinkTypes.RouteHeaderSize];
        header.Clear();
        header[0] = family;
        var writer = new NetlinkMessageWriter(stackalloc byte[64], RtnetlinkTypes.GetRoute, NetlinkConstants.FlagDump);
        writer.WriteHeader(header);
        return connection.Execute(writer.Complete(), collector, deadline);
    }

    private static string? CutOf(RouteCollector ipv4, RouteCollector ipv6, RouteLimits limits) => ipv4.Cut || ipv6.Cut
        ? string.Create(CultureInfo.InvariantCulture, $"routes: only the first {limits.Deciding} of a family that concern tunnels")
        : null;
}
