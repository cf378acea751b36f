// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>The attributes of one RTM_NEWROUTE (RTA_* of linux/rtnetlink.h), as far as they are needed.</summary>
internal ref struct RouteAttributes
{
    private const ushort RtaDestination = 1;
    private const ushort RtaOutputInterface = 4;
    private const ushort RtaGateway = 5;
    private const ushort RtaPriority = 6;
    private const ushort RtaPreferredSource = 7;
    private const ushort RtaMetrics = 8;
    private const ushort RtaMultipath = 9;
    private const ushort RtaTable = 15;
    private const ushort RtaVia = 18;
    private const ushort RtaNextHopId = 30;

    /// <summary>RTA_FLOWLABEL (Linux 6.14).</summary>
    private const ushort RtaHighestKnown = 31;

    /// <summary>RTAX_MTU.</summary>
    private const ushort MetricMtu = 2;

    /// <summary>RTNH_F_DEAD | RTNH_F_LINKDOWN.</summary>
    private const uint FlagsDead = 1 | 16;

    /// <summary>RTA_DST; empty for a default route.</summary>
    public ReadOnlySpan<byte> Destination { get; private set; }

    public uint? Table { get; private set; }

    public uint Priority { get; private set; }

    public IpAddr? PreferredSource { get; private set; }

    public int? Mtu { get; private set; }

    /// <summary>RTA_OIF.</summary>
    public int? Link { get; private set; }

    /// <summary>RTA_GATEWAY or RTA_VIA.</summary>
    public IpAddr? Gateway { get; private set; }

    /// <summary>RTA_MULTIPATH; null when there is none.</summary>
    public List<NextHopFact>? Multipath { get; private set; }

    /// <summary>RTA_NH_ID: the route uses a nexthop object; 0 = none.</summary>
    public uint NextHopId { get; private set; }

    public static RouteAttributes Read(IpFamily family, ReadOnlySpan<byte> bytes, ref int unknown)
    {
        var result = default(RouteAttributes);
        var reader = new NetlinkAttributeReader(bytes);
        while (reader.TryRead(out var attribute))
        {
            if (!result.Apply(family, attribute, ref unknown)) unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return result;
    }

    /// <summary>True when the next hop cannot be used now.</summary>
    public static bool IsDead(uint flags) => (flags & FlagsDead) != 0;

    private bool Apply(IpFamily family, in NetlinkAttribute attribute, ref int unknown)
    {
        switch (attribute.Type)
        {
            case RtaDestination:
                Destination = attribute.Payload;
                return true;
            case RtaTable when attribute.TryGetUInt32(out var table):
                Table = table;
                return true;
            case RtaPriority when attribute.TryGetUInt32(out var priority):
                Priority = priority;
                return true;
            case RtaPreferredSource when RtnetlinkAddress.TryRead(family, attribute.Payload, out var source):
                PreferredSource = source;
                return true;
            case RtaOutputInterface when attribute.TryGetInt32(out var link):
                Link = link;
                return true;
            case RtaGateway when RtnetlinkAddress.TryRead(family, attribute.Payload, out var gateway):
                Gateway = gateway;
                return true;
            case RtaVia when TryReadVia(attribute.Payload, out var via):
                Gateway = via;
                return true;
            case RtaNextHopId when attribute.TryGetUInt32(out var id):
                NextHopId = id;
                return true;
            case RtaMetrics:
                return ReadMetrics(attribute);
            case RtaMultipath:
                Multipath = [];
                return ReadMultipath(family, attribute.Payload, Multipath, ref unknown);
            case RtaTable or RtaPriority or RtaPreferredSource or RtaOutputInterface or RtaGateway or RtaVia or RtaNextHopId:
                return false;
            default:
                return attribute.Type <= RtaHighestKnown;
        }
    }

    private bool ReadMetrics(in NetlinkAttribute metrics)
    {
        var reader = metrics.Nested();
        while (reader.TryRead(out var metric))
        {
            if (metric.Type == MetricMtu && metric.TryGetUInt32(out var mtu) && mtu is > 0 and <= int.MaxValue) Mtu = (int)mtu;
        }

        return !reader.IsMalformed;
    }

    /// <summary>struct rtvia: a gateway of the other family.</summary>
    private static bool TryReadVia(ReadOnlySpan<byte> via, out IpAddr gateway)
    {
        gateway = default;
        if (via.Length < sizeof(ushort)) return false;
        var family = MemoryMarshal.Read<ushort>(via);
        return family <= byte.MaxValue && RtnetlinkAddress.TryFamily((byte)family, out var known) && RtnetlinkAddress.TryRead(known, via[2..], out gateway);
    }

    /// <summary>A list of struct rtnexthop: length with header u16, flags u8, weight u8, interface i32, attributes.</summary>
    private static bool ReadMultipath(IpFamily family, ReadOnlySpan<byte> rest, List<NextHopFact> hops, ref int unknown)
    {
        while (!rest.IsEmpty)
        {
            if (rest.Length < RtnetlinkTypes.MultipathHeaderSize) return false;
            var length = MemoryMarshal.Read<ushort>(rest);
            if (length < RtnetlinkTypes.MultipathHeaderSize || length > rest.Length) return false;
            // Inside a hop only RTA_GATEWAY and RTA_VIA mean something to us; a nested multipath is nobody's format.
            var reader = new NetlinkAttributeReader(rest[RtnetlinkTypes.MultipathHeaderSize..length]);
            IpAddr? gateway = null;
            while (reader.TryRead(out var attribute))
            {
                if (attribute.Type == RtaGateway && RtnetlinkAddress.TryRead(family, attribute.Payload, out var plain)) gateway = plain;
                else if (attribute.Type == RtaVia && TryReadVia(attribute.Payload, out var via)) gateway = via;
                else if (attribute.Type is RtaGateway or RtaVia or > RtaHighestKnown) unknown++;
            }

            if (reader.IsMalformed) unknown++;
            hops.Add(new NextHopFact(MemoryMarshal.Read<int>(rest[4..]), gateway, IsDead(rest[2])));
            rest = rest[Math.Min(NetlinkConstants.Align(length), rest.Length)..];
        }

        return true;
    }
}
