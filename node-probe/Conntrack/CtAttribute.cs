// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Numbers of linux/netfilter/nfnetlink.h and nfnetlink_conntrack.h. Everything on this wire is big-endian but the attribute headers.</summary>
internal static class CtAttribute
{
    /// <summary>NETLINK_NETFILTER.</summary>
    public const int Protocol = 12;

    /// <summary>sizeof(struct nfgenmsg): family, version, big-endian resource id.</summary>
    public const int HeaderSize = 4;

    /// <summary>NFNL_SUBSYS_CTNETLINK in the upper half, IPCTNL_MSG_CT_NEW in the lower.</summary>
    public const ushort MessageNew = 0x100;

    /// <summary>IPCTNL_MSG_CT_GET. Its relative that sets counters to zero is never used.</summary>
    public const ushort MessageGet = 0x101;

    /// <summary>IPCTNL_MSG_CT_GET_STATS_CPU; answers have the same type.</summary>
    public const ushort MessageStatisticsCpu = 0x104;

    /// <summary>IPCTNL_MSG_CT_GET_STATS; answers have the same type.</summary>
    public const ushort MessageStatistics = 0x105;

    public const ushort TupleOriginal = 1;
    public const ushort TupleReply = 2;
    public const ushort Status = 3;
    public const ushort ProtocolInfo = 4;
    public const ushort Help = 5;
    public const ushort Timeout = 7;
    public const ushort Mark = 8;
    public const ushort CountersOriginal = 9;
    public const ushort CountersReply = 10;
    public const ushort Use = 11;
    public const ushort Id = 12;
    public const ushort TupleMaster = 14;
    public const ushort Zone = 18;
    public const ushort SecurityContext = 19;
    public const ushort Timestamp = 20;
    public const ushort Labels = 22;

    /// <summary>CTA_STATUS_MASK.</summary>
    public const ushort HighestKnown = 26;

    /// <summary>CTA_TUPLE_*.</summary>
    public const ushort TupleIp = 1;
    public const ushort TupleProtocol = 2;
    public const ushort TupleZone = 3;

    /// <summary>CTA_IP_*.</summary>
    public const ushort IpV4Source = 1;
    public const ushort IpV4Destination = 2;
    public const ushort IpV6Source = 3;
    public const ushort IpV6Destination = 4;

    /// <summary>CTA_PROTO_*.</summary>
    public const ushort ProtocolNumber = 1;
    public const ushort SourcePort = 2;
    public const ushort DestinationPort = 3;
    public const ushort IcmpId = 4;
    public const ushort IcmpType = 5;
    public const ushort IcmpCode = 6;
    public const ushort Icmp6Id = 7;
    public const ushort Icmp6Type = 8;
    public const ushort Icmp6Code = 9;

    /// <summary>CTA_PROTOINFO_TCP, _DCCP, _SCTP; the state is attribute 1 of each.</summary>
    public const ushort InfoTcp = 1;
    public const ushort InfoDccp = 2;
    public const ushort InfoSctp = 3;
    public const ushort InfoState = 1;
}
