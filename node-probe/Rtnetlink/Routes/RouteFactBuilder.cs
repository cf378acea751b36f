// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Makes a fact of a route.</summary>
internal static class RouteFactBuilder
{
    /// <summary>USER_HZ: the unit of rta_expires, the same on every architecture of today.</summary>
    private const uint TicksPerSecond = 100;

    /// <summary>Offset of rta_expires in struct rta_cacheinfo: clntref, lastuse.</summary>
    private const int ExpiresOffset = 8;

    /// <summary>The fact; null when the destination is no prefix of the family. Hops of nexthop objects sent by number alone are still missing.</summary>
    public static RouteFact? Build(ref readonly RouteView route, ref int unknown)
    {
        if (!RtnetlinkAddress.TryReadPrefix(route.Family, route.Destination, route.DestinationLength, out var destination))
        {
            unknown++;
            return null;
        }

        var rest = Rest.Read(in route, ref unknown);
        var flags = route.Flags & ~RouteAttributeTypes.FlagCloned;
        return new RouteFact
        {
            Destination = destination,
            Table = route.Table,
            Type = route.Type,
            Protocol = route.Protocol,
            Scope = route.Scope,
            Metric = route.Priority,
            NextHops = HopsOf(in route, in rest, ref unknown),
            PreferredSource = rest.PreferredSource,
            Mtu = rest.Metrics.Mtu,
            OtherSelectors = route.SourceLength != 0 || route.Tos != 0,
            Tos = route.Tos == 0 ? null : route.Tos,
            Source = rest.Source,
            Flags = flags == 0 ? null : flags,
            Metrics = rest.Metrics.Others,
            MetricLocks = rest.Metrics.Locks,
            CongestionControl = rest.Metrics.CongestionControl,
            NextHopId = route.NextHopId == 0 ? null : route.NextHopId,
            Preference = rest.Preference,
            ExpiresSeconds = rest.Expires,
            Realms = rest.Realms,
            TtlPropagate = rest.TtlPropagate,
        };
    }

    /// <summary>The hops as the route has them, none for a route that drops packets.</summary>
    private static IReadOnlyList<NextHopFact> HopsOf(ref readonly RouteView route, ref readonly Rest rest, ref int unknown)
    {
        // IPv6 hangs a route that drops packets on the loopback device, IPv4 on none; nothing leaves there.
        if (route.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit or RouteType.Throw) return [];
        if (!route.Multipath.IsEmpty) return MultipathReader.Read(route.Family, route.Multipath, ref unknown);
        if (route.Link == 0) return [];
        return [new NextHopFact(route.Link, rest.Gateway, (route.Flags & RouteAttributeTypes.FlagsDead) != 0, Encapsulation: rest.Encapsulation)];
    }

    /// <summary>What a route seldom has.</summary>
    private ref struct Rest
    {
        public IpAddr? Gateway;
        public IpAddr? PreferredSource;
        public IpPrefix? Source;
        public RouteMetrics Metrics;
        public byte? Preference;
        public byte? TtlPropagate;
        public uint? Expires;
        public uint? Realms;
        public string? Encapsulation;

        public static Rest Read(ref readonly RouteView route, ref int unknown)
        {
            var rest = default(Rest);
            if (!route.Gateway.IsEmpty)
            {
                if (RtnetlinkAddress.TryRead(route.Family, route.Gateway, out var gateway)) rest.Gateway = gateway;
                else unknown++;
            }

            var reader = route.Attributes;
            while (reader.TryRead(out var attribute))
            {
                if (!rest.Apply(in route, attribute, ref unknown)) unknown++;
            }

            return rest;
        }

        private bool Apply(ref readonly RouteView route, in NetlinkAttribute attribute, ref int unknown)
        {
            switch (attribute.Type)
            {
                case RouteAttributeTypes.PreferredSource:
                    if (!RtnetlinkAddress.TryRead(route.Family, attribute.Payload, out var source)) return false;
                    PreferredSource = source;
                    return true;
                case RouteAttributeTypes.Source:
                    if (!RtnetlinkAddress.TryReadPrefix(route.Family, attribute.Payload, route.SourceLength, out var from)) return false;
                    Source = route.SourceLength == 0 ? null : from;
                    return true;
                case RouteAttributeTypes.Via:
                    if (!MultipathReader.TryReadVia(attribute.Payload, out var via)) return false;
                    Gateway = via;
                    return true;
                case RouteAttributeTypes.Metrics:
                    return RouteMetrics.TryRead(attribute, out Metrics, ref unknown);
                case RouteAttributeTypes.CacheInfo:
                    return ReadExpires(attribute.Payload);
                case RouteAttributeTypes.EncapsulationType:
                    if (!attribute.TryGetUInt16(out var encapsulation)) return false;
                    Encapsulation = EncapsulationNames.Of(encapsulation);
                    return true;
                default:
                    return ApplyNumber(attribute);
            }
        }

        private bool ApplyNumber(in NetlinkAttribute attribute)
        {
            switch (attribute.Type)
            {
                case RouteAttributeTypes.Preference:
                    if (!attribute.TryGetByte(out var preference)) return false;
                    Preference = preference;
                    return true;
                case RouteAttributeTypes.TtlPropagate:
                    if (!attribute.TryGetByte(out var propagate)) return false;
                    TtlPropagate = propagate;
                    return true;
                case RouteAttributeTypes.Flow:
                    if (!attribute.TryGetUInt32(out var realms)) return false;
                    Realms = realms;
                    return true;
                case RouteAttributeTypes.Expires:
                    if (!attribute.TryGetUInt32(out var expires)) return false;
                    Expires = expires;
                    return true;
                default:
                    return true;
            }
        }

        /// <summary>struct rta_cacheinfo; 0 = never, negative = just over.</summary>
        private bool ReadExpires(ReadOnlySpan<byte> info)
        {
            if (info.Length < ExpiresOffset + sizeof(int)) return false;
            var ticks = MemoryMarshal.Read<int>(info[ExpiresOffset..]);
            if (ticks != 0) Expires = (uint)Math.Max(ticks, 0) / TicksPerSecond;
            return true;
        }
    }
}
