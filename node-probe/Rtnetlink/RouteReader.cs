// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads routes of all tables and both families (RTM_GETROUTE as a dump; struct rtmsg).</summary>
internal static class RouteReader
{
    /// <summary>RTM_F_CLONED: a cached exception (a learnt path MTU, a redirect), not a route.</summary>
    private const uint FlagCloned = 0x200;

    private static readonly DumpKind Kind = new("routes", RtnetlinkTypes.GetRoute, RtnetlinkTypes.NewRoute, RtnetlinkTypes.RouteHeaderSize);

    public static Reading<IReadOnlyList<RouteFact>> Read(NetlinkConnection connection, Deadline deadline)
    {
        var dump = FamilyDump.ReadBoth<DecodedRoute>(connection, Kind, Decode, deadline);
        if (dump.Value is not { } routes) return Reading<IReadOnlyList<RouteFact>>.None(dump.NotAvailable!.Reason, dump.NotAvailable.Detail);

        // By default the kernel writes the hops of nexthop objects into the route; with nexthop_compat_mode=0 only the id.
        var interrupted = dump.Interrupted;
        var unknown = dump.Unknown;
        var nextHops = NextHopTable.Empty;
        if (routes.Any(r => r.NeedsNextHops))
        {
            var read = NextHopReader.Read(connection, deadline);
            if (read.Value is null) return Reading<IReadOnlyList<RouteFact>>.None(read.NotAvailable!.Reason, $"nexthop objects: {read.NotAvailable.Detail}");
            nextHops = read.Value;
            interrupted |= read.Interrupted;
            unknown += read.Unknown;
        }

        var facts = new List<RouteFact>(routes.Count);
        foreach (var route in routes) facts.Add(nextHops.Resolve(route, ref unknown));
        return Reading<IReadOnlyList<RouteFact>>.Of(facts, interrupted, unknown, dump.Cut);
    }

    internal static DecodedRoute? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.RouteHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return null;
        }

        var flags = MemoryMarshal.Read<uint>(payload[8..]);
        if ((flags & FlagCloned) != 0) return null;
        var attributes = RouteAttributes.Read(family, payload[RtnetlinkTypes.RouteHeaderSize..], ref unknown);
        if (!RtnetlinkAddress.TryReadPrefix(family, attributes.Destination, payload[1], out var destination))
        {
            unknown++;
            return null;
        }

        var type = TypeOf(payload[7]);
        IReadOnlyList<NextHopFact> hops = attributes.Multipath switch
        {
            // IPv6 hangs a route that drops packets on the loopback device, IPv4 on none; nothing leaves there.
            _ when type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw => [],
            { } several => several,
            null when attributes.Link is { } link => [new NextHopFact(link, attributes.Gateway, RouteAttributes.IsDead(flags))],
            _ => [],
        };
        var fact = new RouteFact
        {
            Destination = destination,
            Table = attributes.Table ?? payload[4],
            Type = type,
            Protocol = payload[5],
            Scope = payload[6],
            Metric = attributes.Priority,
            NextHops = hops,
            PreferredSource = attributes.PreferredSource,
            Mtu = attributes.Mtu,
            OtherSelectors = payload[2] != 0 || payload[3] != 0, // source prefix length, TOS
        };
        return new DecodedRoute(fact, attributes.NextHopId);
    }

    /// <summary>RTN_*; a type this code does not know is <see cref="RouteType.Unknown"/>.</summary>
    public static RouteType TypeOf(byte type) => type <= (byte)RouteType.Nat ? (RouteType)type : RouteType.Unknown;
}

/// <summary>A route as it was dumped, its nexthop object not yet looked up.</summary>
internal sealed record DecodedRoute(RouteFact Fact, uint NextHopId)
{
    /// <summary>The kernel sent an id and no hops.</summary>
    public bool NeedsNextHops => NextHopId != 0 && Fact is { Type: RouteType.Unicast, NextHops.Count: 0 };
}
