// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.Recorder;

/// <summary>Zeroes the private and preshared keys in recorded answers of the kernel's WireGuard (linux/wireguard.h).</summary>
internal static class WireGuardSecrets
{
    private const ushort DevicePrivateKey = 3;
    private const ushort DevicePeers = 8;
    private const ushort PeerPresharedKey = 2;
    private const ushort TypeMask = 0x3fff;

    /// <summary>Goes over all messages of a datagram of the family.</summary>
    public static void Clear(Span<byte> datagram)
    {
        while (datagram.Length >= NetlinkConstants.MessageHeaderSize)
        {
            var length = MemoryMarshal.Read<int>(datagram);
            if (length < NetlinkConstants.MessageHeaderSize || length > datagram.Length) return;
            var isAnswer = MemoryMarshal.Read<ushort>(datagram[4..]) > GenericNetlinkController;
            if (isAnswer) Clear(datagram[(NetlinkConstants.MessageHeaderSize + GenericNetlink.HeaderSize)..length], DevicePrivateKey, DevicePeers);
            datagram = datagram[Math.Min(NetlinkConstants.Align(length), datagram.Length)..];
        }
    }

    /// <summary>GENL_ID_CTRL.</summary>
    private const ushort GenericNetlinkController = 0x10;

    private static void Clear(Span<byte> attributes, ushort secret, ushort list)
    {
        foreach (var range in Ranges(attributes))
        {
            var type = MemoryMarshal.Read<ushort>(attributes[(range.Start.Value - 2)..]) & TypeMask;
            if (type == secret) attributes[range].Clear();
            if (list == 0 || type != list) continue;
            var peers = attributes[range];
            foreach (var peer in Ranges(peers)) Clear(peers[peer], PeerPresharedKey, list: 0);
        }
    }

    private static List<Range> Ranges(ReadOnlySpan<byte> attributes)
    {
        var ranges = new List<Range>();
        for (var at = 0; at + NetlinkConstants.AttributeHeaderSize <= attributes.Length;)
        {
            var length = MemoryMarshal.Read<ushort>(attributes[at..]);
            if (length < NetlinkConstants.AttributeHeaderSize || at + length > attributes.Length) break;
            ranges.Add((at + NetlinkConstants.AttributeHeaderSize)..(at + length));
            at += NetlinkConstants.Align(length);
        }

        return ranges;
    }
}
