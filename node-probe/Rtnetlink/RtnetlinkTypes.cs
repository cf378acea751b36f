// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Message types and fixed header sizes of linux/rtnetlink.h, fib_rules.h, neighbour.h, if_addr.h and nexthop.h.</summary>
internal static class RtnetlinkTypes
{
    public const byte FamilyInet = 2;
    public const byte FamilyInet6 = 10;

    /// <summary>RTM_NEWLINK.</summary>
    public const ushort NewLink = 16;

    /// <summary>RTM_GETLINK.</summary>
    public const ushort GetLink = 18;

    /// <summary>RTM_NEWADDR.</summary>
    public const ushort NewAddress = 20;

    /// <summary>RTM_GETADDR.</summary>
    public const ushort GetAddress = 22;

    /// <summary>RTM_NEWROUTE.</summary>
    public const ushort NewRoute = 24;

    /// <summary>RTM_GETROUTE.</summary>
    public const ushort GetRoute = 26;

    /// <summary>RTM_NEWNEIGH.</summary>
    public const ushort NewNeighbour = 28;

    /// <summary>RTM_GETNEIGH.</summary>
    public const ushort GetNeighbour = 30;

    /// <summary>RTM_NEWRULE.</summary>
    public const ushort NewRule = 32;

    /// <summary>RTM_GETRULE.</summary>
    public const ushort GetRule = 34;

    /// <summary>RTM_NEWQDISC.</summary>
    public const ushort NewQdisc = 36;

    /// <summary>RTM_GETQDISC.</summary>
    public const ushort GetQdisc = 38;

    /// <summary>RTM_NEWTFILTER.</summary>
    public const ushort NewFilter = 44;

    /// <summary>RTM_GETTFILTER.</summary>
    public const ushort GetFilter = 46;

    /// <summary>RTM_NEWNEXTHOP.</summary>
    public const ushort NewNextHop = 104;

    /// <summary>RTM_GETNEXTHOP.</summary>
    public const ushort GetNextHop = 106;

    /// <summary>sizeof(struct ifinfomsg).</summary>
    public const int LinkHeaderSize = 16;

    /// <summary>sizeof(struct ifaddrmsg).</summary>
    public const int AddressHeaderSize = 8;

    /// <summary>sizeof(struct rtmsg).</summary>
    public const int RouteHeaderSize = 12;

    /// <summary>sizeof(struct ndmsg).</summary>
    public const int NeighbourHeaderSize = 12;

    /// <summary>sizeof(struct fib_rule_hdr).</summary>
    public const int RuleHeaderSize = 12;

    /// <summary>sizeof(struct tcmsg).</summary>
    public const int TrafficControlHeaderSize = 20;

    /// <summary>sizeof(struct nhmsg).</summary>
    public const int NextHopHeaderSize = 8;

    /// <summary>sizeof(struct rtnexthop).</summary>
    public const int MultipathHeaderSize = 8;

    /// <summary>IFNAMSIZ without the NUL.</summary>
    public const int MaxNameLength = 15;
}
