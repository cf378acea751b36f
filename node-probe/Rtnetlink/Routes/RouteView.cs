// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>
/// One RTM_NEWROUTE (struct rtmsg and RTA_*) where it lies in the receive buffer. Made without allocation, because of half a million
/// routes only some become facts; what is seldom there is kept as bytes and decoded by <see cref="RouteFactBuilder"/>.
/// </summary>
internal ref struct RouteView
{
    private ReadOnlySpan<byte> _payload;

    public IpFamily Family { get; private set; }

    public readonly byte DestinationLength => _payload[1];

    public readonly byte SourceLength => _payload[2];

    public readonly byte Tos => _payload[3];

    public readonly byte Protocol => _payload[5];

    public readonly byte Scope => _payload[6];

    public readonly RouteType Type => TypeOf(_payload[7]);

    public readonly uint Flags => MemoryMarshal.Read<uint>(_payload[8..]);

    /// <summary>RTA_TABLE, or the byte in the header that was there before it.</summary>
    public uint Table { get; private set; }

    /// <summary>RTA_OIF; 0 = none.</summary>
    public int Link { get; private set; }

    /// <summary>RTA_PRIORITY.</summary>
    public uint Priority { get; private set; }

    /// <summary>RTA_NH_ID: the route uses a nexthop object; 0 = none.</summary>
    public uint NextHopId { get; private set; }

    /// <summary>RTA_DST; empty for a default route.</summary>
    public ReadOnlySpan<byte> Destination { get; private set; }

    /// <summary>RTA_GATEWAY.</summary>
    public ReadOnlySpan<byte> Gateway { get; private set; }

    /// <summary>RTA_MULTIPATH: struct rtnexthop, one after the other.</summary>
    public ReadOnlySpan<byte> Multipath { get; private set; }

    /// <summary>The kernel sent an id and no hops.</summary>
    public readonly bool NeedsNextHops => NextHopId != 0 && Link == 0 && Multipath.IsEmpty && _payload[7] == (byte)RouteType.Unicast;

    /// <summary>All attributes, for what is seldom needed.</summary>
    public readonly NetlinkAttributeReader Attributes => new(_payload[RtnetlinkTypes.RouteHeaderSize..]);

    /// <summary>Takes a route apart; false when it is too short or of another family than IPv4 and IPv6.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out RouteView route, ref int unknown)
    {
        route = default;
        if (payload.Length < RtnetlinkTypes.RouteHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return false;
        }

        route._payload = payload;
        route.Family = family;
        route.Table = payload[4];
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.RouteHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (!route.Apply(attribute)) unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return true;
    }

    /// <summary>RTN_*; a type this code does not know is <see cref="RouteType.Unknown"/>.</summary>
    public static RouteType TypeOf(byte type) => type <= (byte)RouteType.Nat ? (RouteType)type : RouteType.Unknown;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Apply(in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case RouteAttributeTypes.Destination:
                Destination = attribute.Payload;
                return true;
            case RouteAttributeTypes.Gateway:
                Gateway = attribute.Payload;
                return true;
            case RouteAttributeTypes.Multipath:
                Multipath = attribute.Payload;
                return true;
            case RouteAttributeTypes.OutputInterface:
                if (!attribute.TryGetInt32(out var link)) return false;
                Link = link;
                return true;
            case RouteAttributeTypes.Priority:
                if (!attribute.TryGetUInt32(out var priority)) return false;
                Priority = priority;
                return true;
            case RouteAttributeTypes.Table:
                if (!attribute.TryGetUInt32(out var table)) return false;
                Table = table;
                return true;
            case RouteAttributeTypes.NextHopId:
                if (!attribute.TryGetUInt32(out var id)) return false;
                NextHopId = id;
                return true;
            default:
                return attribute.Type <= RouteAttributeTypes.HighestKnown;
        }
    }
}
