// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

/// <summary>Builds ctnetlink messages by hand.</summary>
internal static class CtWire
{
    private const ConntrackStatus Answered = ConntrackStatus.Confirmed | ConntrackStatus.SeenReply | ConntrackStatus.Assured;

    public static byte[] B16(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    public static byte[] B32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] B64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>An attribute with NLA_F_NESTED, as the kernel sends those that hold others.</summary>
    public static byte[] Nest(int type, params byte[][] parts) => Wire.Attribute((ushort)(type | 0x8000), parts);

    /// <summary>A whole message: struct nfgenmsg and attributes.</summary>
    public static byte[] Entry(params byte[][] attributes) =>
        Wire.Message(CtAttribute.MessageNew, NetlinkConstants.FlagMulti, [2, 0, 0, 0], Wire.Join(attributes));

    /// <summary>The payload of <see cref="Entry"/>.</summary>
    public static byte[] Payload(params byte[][] attributes) => Wire.Join([2, 0, 0, 0], Wire.Join(attributes));

    public static byte[] Ports(int type, string source, int sourcePort, string destination, int destinationPort, byte protocol = 17) => Nest(
        type,
        Addresses(source, destination),
        Nest(2, Wire.Attribute(1, [protocol]), Wire.Attribute(2, B16(sourcePort)), Wire.Attribute(3, B16(destinationPort))));

    public static byte[] Addresses(string source, string destination)
    {
        var six = source.Contains(':', StringComparison.Ordinal);
        return Nest(1, Wire.Attribute((ushort)(six ? 3 : 1), Bytes(source)), Wire.Attribute((ushort)(six ? 4 : 2), Bytes(destination)));
    }

    /// <summary>A UDP flow; without a reply tuple of its own it is not translated.</summary>
    public static byte[] Udp(
        uint id, string source, int sourcePort, string destination, int destinationPort, (string, int, string, int)? reply = null,
        ConntrackStatus status = Answered, int zone = 0) => Entry(
        Ports(1, source, sourcePort, destination, destinationPort),
        reply is { } other ? Ports(2, other.Item1, other.Item2, other.Item3, other.Item4) : Ports(2, destination, destinationPort, source, sourcePort),
        Wire.Attribute(3, B32((uint)status)),
        Wire.Attribute(7, B32(100)),
        Wire.Attribute(12, B32(id)),
        zone == 0 ? [] : Wire.Attribute(18, B16(zone)));

    /// <summary>A TCP flow in a state.</summary>
    public static byte[] Tcp(uint id, string source, string destination, byte state, ConntrackStatus status = Answered) => Entry(
        Ports(1, source, 40000, destination, 443, 6),
        Ports(2, destination, 443, source, 40000, 6),
        Wire.Attribute(3, B32((uint)status)),
        Nest(4, Nest(1, Wire.Attribute(1, [state]))),
        Wire.Attribute(12, B32(id)));

    private static byte[] Bytes(string text)
    {
        Span<byte> bytes = stackalloc byte[16];
        return bytes[..IpAddr.Parse(text).WriteNetworkBytes(bytes)].ToArray();
    }
}
