// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Numbers of linux/netlink.h.</summary>
internal static class NetlinkConstants
{
    /// <summary>NETLINK_ROUTE.</summary>
    public const int ProtocolRoute = 0;

    /// <summary>NETLINK_GENERIC.</summary>
    public const int ProtocolGeneric = 16;

    /// <summary>NETLINK_CAP_ACK: errors do not echo the request's body.</summary>
    public const int OptionCapAck = 10;

    /// <summary>NETLINK_EXT_ACK: errors carry the kernel's words.</summary>
    public const int OptionExtendedAck = 11;

    /// <summary>NETLINK_GET_STRICT_CHK: dump requests are checked, and filters in their headers are obeyed.</summary>
    public const int OptionStrictCheck = 12;

    /// <summary>sizeof(struct nlmsghdr).</summary>
    public const int MessageHeaderSize = 16;

    /// <summary>sizeof(struct nlattr).</summary>
    public const int AttributeHeaderSize = 4;

    /// <summary>NLMSG_NOOP.</summary>
    public const ushort TypeNoop = 1;

    /// <summary>NLMSG_ERROR; with code 0 an acknowledgement.</summary>
    public const ushort TypeError = 2;

    /// <summary>NLMSG_DONE.</summary>
    public const ushort TypeDone = 3;

    /// <summary>NLMSG_OVERRUN.</summary>
    public const ushort TypeOverrun = 4;

    /// <summary>NLM_F_REQUEST.</summary>
    public const ushort FlagRequest = 0x1;

    /// <summary>NLM_F_MULTI.</summary>
    public const ushort FlagMulti = 0x2;

    /// <summary>NLM_F_ACK.</summary>
    public const ushort FlagAck = 0x4;

    /// <summary>NLM_F_DUMP_INTR: the data changed while it was dumped.</summary>
    public const ushort FlagDumpInterrupted = 0x10;

    /// <summary>NLM_F_DUMP (ROOT and MATCH).</summary>
    public const ushort FlagDump = 0x300;

    /// <summary>NLM_F_CAPPED, in an error: the echoed request has no body.</summary>
    public const ushort FlagCapped = 0x100;

    /// <summary>NLM_F_ACK_TLVS, in an error: attributes follow.</summary>
    public const ushort FlagAckTlvs = 0x200;

    /// <summary>NLMSG_ALIGN, also NLA_ALIGN.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}
