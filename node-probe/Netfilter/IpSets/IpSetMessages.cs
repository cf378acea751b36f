// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netfilter.IpSets;

/// <summary>Numbers of linux/netfilter/ipset/ip_set.h. Attributes of a set and of an element share small numbers and differ above 16.</summary>
internal static class IpSetMessages
{
    /// <summary>NETLINK_NETFILTER.</summary>
    public const int Protocol = 12;

    /// <summary>sizeof(struct nfgenmsg).</summary>
    public const int HeaderSize = 4;

    /// <summary>NFNL_SUBSYS_IPSET.</summary>
    private const int Subsystem = 6 << 8;

    /// <summary>IPSET_CMD_LIST; answers have the same number.</summary>
    public const ushort List = Subsystem | 7;

    /// <summary>IPSET_CMD_GET_BYNAME (protocol 7, Linux 4.20).</summary>
    public const ushort GetByName = Subsystem | 14;

    /// <summary>IPSET_ATTR_PROTOCOL.</summary>
    public const ushort AttributeProtocol = 1;
    public const ushort AttributeName = 2;
    public const ushort AttributeType = 3;
    public const ushort AttributeRevision = 4;
    public const ushort AttributeFamily = 5;
    public const ushort AttributeData = 7;

    /// <summary>IPSET_ATTR_ADT: the elements.</summary>
    public const ushort AttributeElements = 8;
    public const ushort AttributeIndex = 11;

    /// <summary>IPSET_PROTOCOL_MIN, which every kernel since 2.6.39 speaks; index questions need 7.</summary>
    public const byte OldProtocol = 6;
    public const byte NewProtocol = 7;

    /// <summary>IPSET_MAXNAMELEN, with the NUL.</summary>
    public const int MaxName = 32;
}
