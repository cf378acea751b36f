// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>RTA_* of linux/rtnetlink.h, RTM_F_* and RTNH_F_*.</summary>
internal static class RouteAttributeTypes
{
    public const ushort Destination = 1;
    public const ushort Source = 2;
    public const ushort InputInterface = 3;
    public const ushort OutputInterface = 4;
    public const ushort Gateway = 5;
    public const ushort Priority = 6;
    public const ushort PreferredSource = 7;
    public const ushort Metrics = 8;
    public const ushort Multipath = 9;
    public const ushort Flow = 11;
    public const ushort CacheInfo = 12;
    public const ushort Table = 15;
    public const ushort Mark = 16;
    public const ushort Via = 18;
    public const ushort Preference = 20;
    public const ushort EncapsulationType = 21;
    public const ushort Encapsulation = 22;
    public const ushort Expires = 23;
    public const ushort UserId = 25;
    public const ushort TtlPropagate = 26;
    public const ushort IpProtocol = 27;
    public const ushort SourcePort = 28;
    public const ushort DestinationPort = 29;
    public const ushort NextHopId = 30;

    /// <summary>RTA_FLOWLABEL (Linux 6.14).</summary>
    public const ushort HighestKnown = 31;

    /// <summary>RTM_F_CLONED: a cached exception (a learnt path MTU, a redirect), not a route; also every answer to a lookup.</summary>
    public const uint FlagCloned = 0x200;

    /// <summary>RTM_F_LOOKUP_TABLE: answer with the table that matched. IPv6 always does, and refuses the flag under strict checking.</summary>
    public const uint FlagLookupTable = 0x1000;

    /// <summary>RTM_F_FIB_MATCH: answer with the route that matched instead of the way that follows from it (Linux 4.13).</summary>
    public const uint FlagFibMatch = 0x2000;

    /// <summary>RTNH_F_DEAD | RTNH_F_LINKDOWN.</summary>
    public const uint FlagsDead = 1 | 16;
}
