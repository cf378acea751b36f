// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>Reads struct inet_diag_msg. Addresses and ports are big-endian, everything else is in native order.</summary>
internal static class UdpSocketDecoder
{
    private const byte FamilyInet = 2;
    private const byte FamilyInet6 = 10;

    /// <summary>The port a socket is bound to, for the decision to decode the rest; null when the message is no socket.</summary>
    public static ushort? LocalPortOf(ReadOnlySpan<byte> payload) =>
        payload.Length >= SockDiag.HeaderSize && payload[0] is FamilyInet or FamilyInet6 ? BinaryPrimitives.ReadUInt16BigEndian(payload[4..]) : null;

    /// <summary>What a socket dropped: the ninth number of its memory; 0 when the kernel does not tell (before 4.14).</summary>
    public static uint DropsOf(ReadOnlySpan<byte> payload, ref int unknown)
    {
        var drops = 0u;
        var reader = new NetlinkAttributeReader(payload[SockDiag.HeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == SockDiag.SocketMemory && attribute.Payload.Length >= 36) drops = Word(attribute.Payload, 8);
            else if (attribute.Type > SockDiag.HighestKnown) unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return drops;
    }

    /// <summary>Decodes a message that <see cref="LocalPortOf"/> has found to be a socket.</summary>
    public static UdpSocketFact Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        var length = payload[0] == FamilyInet ? 4 : 16;
        var local = AddressOf(payload.Slice(8, length));
        var remote = AddressOf(payload.Slice(24, length));
        var port = BinaryPrimitives.ReadUInt16BigEndian(payload[6..]);
        var socket = new UdpSocketFact
        {
            Family = payload[0] == FamilyInet ? IpFamily.IPv4 : IpFamily.IPv6,
            Local = local,
            LocalPort = BinaryPrimitives.ReadUInt16BigEndian(payload[4..]),
            Remote = port == 0 && remote.IsUnspecified ? null : new IpEndpoint(remote, port),
            BoundLink = MemoryMarshal.Read<int>(payload[40..]),
            Cookie = MemoryMarshal.Read<uint>(payload[44..]) | ((ulong)MemoryMarshal.Read<uint>(payload[48..]) << 32),
            ReceiveQueue = MemoryMarshal.Read<uint>(payload[56..]),
            SendQueue = MemoryMarshal.Read<uint>(payload[60..]),
            UserId = MemoryMarshal.Read<uint>(payload[64..]),
            Inode = MemoryMarshal.Read<uint>(payload[68..]),
        };
        var reader = new NetlinkAttributeReader(payload[SockDiag.HeaderSize..]);
        while (reader.TryRead(out var attribute)) socket = With(socket, attribute, ref unknown);
        return socket;
    }

    private static UdpSocketFact With(UdpSocketFact socket, in NetlinkAttribute attribute, ref int unknown)
    {
        switch (attribute.Type)
        {
            // Nine numbers since 4.14; the drops are the last of them.
            case SockDiag.SocketMemory when attribute.Payload.Length >= 32:
                var words = attribute.Payload;
                return socket with
                {
                    Memory = new SocketMemory(Word(words, 0), Word(words, 1), Word(words, 2), Word(words, 3), Word(words, 7)),
                    Drops = words.Length >= 36 ? new Counter(Word(words, 8)) : null,
                };
            case SockDiag.V6Only when attribute.TryGetByte(out var only):
                return socket with { V6Only = only != 0 };
            case SockDiag.Mark when attribute.TryGetUInt32(out var mark):
                return socket with { Mark = mark };
            case SockDiag.CgroupId when attribute.TryGetUInt64(out var id):
                return socket with { CgroupId = id };
            case SockDiag.SocketMemory or SockDiag.V6Only or SockDiag.Mark or SockDiag.CgroupId:
                unknown++;
                return socket;
            default:
                return socket;
        }
    }

    private static uint Word(ReadOnlySpan<byte> words, int index) => MemoryMarshal.Read<uint>(words[(index * sizeof(uint))..]);

    // An IPv4-mapped address stands for what the socket really talks to.
    private static IpAddr AddressOf(ReadOnlySpan<byte> bytes) => IpAddr.TryFromNetworkBytes(bytes, out var address) ? address : default;
}
