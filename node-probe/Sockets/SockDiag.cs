// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>Numbers and layouts of linux/sock_diag.h and linux/inet_diag.h.</summary>
internal static class SockDiag
{
    /// <summary>NETLINK_SOCK_DIAG.</summary>
    public const int Protocol = 4;

    /// <summary>SOCK_DIAG_BY_FAMILY; answers have the same type.</summary>
    public const ushort MessageByFamily = 20;

    /// <summary>sizeof(struct inet_diag_msg).</summary>
    public const int HeaderSize = 72;

    /// <summary>INET_DIAG_INFO; UDP has none, and only sockets of other protocols answer it.</summary>
    public const ushort Info = 2;
    public const ushort SocketMemory = 7;
    public const ushort V6Only = 11;
    public const ushort Mark = 15;
    public const ushort CgroupId = 21;

    /// <summary>INET_DIAG_SOCKOPT.</summary>
    public const ushort HighestKnown = 22;

    /// <summary>Bytes of a question.</summary>
    public const int RequestSize = NetlinkConstants.MessageHeaderSize + RequestHeaderSize;

    /// <summary>sizeof(struct inet_diag_req_v2).</summary>
    private const int RequestHeaderSize = 56;
    private const byte ProtocolUdp = 17;

    /// <summary>Asks for all UDP sockets of a family with their memory; marks and cgroups come by themselves.</summary>
    public static Span<byte> WriteRequest(Span<byte> buffer, byte family)
    {
        Span<byte> header = stackalloc byte[RequestHeaderSize];
        header.Clear();
        header[0] = family;
        header[1] = ProtocolUdp;
        header[2] = 1 << (SocketMemory - 1);
        // All states: an unconnected UDP socket is in TCP_CLOSE, a connected one in TCP_ESTABLISHED.
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], uint.MaxValue);
        var writer = new NetlinkMessageWriter(buffer, MessageByFamily, NetlinkConstants.FlagDump);
        writer.WriteHeader(header);
        return writer.Complete();
    }
}
