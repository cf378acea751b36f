// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

/// <summary>Builds netlink bytes by hand. A sequence of 0 means "answer to the last request" to <see cref="FakeNetlinkTransport"/>.</summary>
internal static class Wire
{
    public static byte[] Hex(string text) => Convert.FromHexString(string.Concat(text.Where(c => !char.IsWhiteSpace(c))));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] U16(ushort value) => Native(value);

    public static byte[] U32(uint value) => Native(value);

    public static byte[] I32(int value) => Native(value);

    public static byte[] U64(ulong value) => Native(value);

    public static byte[] Text(string value) => [.. Encoding.UTF8.GetBytes(value), 0];

    public static byte[] Attribute(ushort type, params byte[][] parts) => Padded(UnpaddedAttribute(type, parts));

    public static byte[] UnpaddedAttribute(ushort type, params byte[][] parts)
    {
        var payload = Join(parts);
        return Join(U16((ushort)(payload.Length + 4)), U16(type), payload);
    }

    public static byte[] Message(ushort type, ushort flags, params byte[][] parts) => Padded(UnpaddedMessage(type, flags, 0, parts));

    public static byte[] UnpaddedMessage(ushort type, ushort flags, uint sequence, params byte[][] parts)
    {
        var payload = Join(parts);
        return Join(U32((uint)(payload.Length + 16)), U16(type), U16(flags), U32(sequence), U32(0), payload);
    }

    /// <summary>NLMSG_DONE with a code.</summary>
    public static byte[] Done(int code = 0) => Message(NetlinkConstants.TypeDone, NetlinkConstants.FlagMulti, I32(code));

    /// <summary>NLMSG_ERROR with a capped echo.</summary>
    public static byte[] Error(int code) =>
        Message(NetlinkConstants.TypeError, NetlinkConstants.FlagCapped, I32(code), new byte[NetlinkConstants.MessageHeaderSize]);

    /// <summary>struct sockaddr_in or sockaddr_in6.</summary>
    public static byte[] SocketAddress(byte[] address, ushort port)
    {
        var bigEndian = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bigEndian, port);
        return address.Length == 4
            ? Join(U16(2), bigEndian, address, new byte[8])
            : Join(U16(10), bigEndian, new byte[4], address, new byte[4]);
    }

    private static byte[] Native<T>(T value)
        where T : unmanaged
    {
        var bytes = new byte[Marshal.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[NetlinkConstants.Align(bytes.Length) - bytes.Length]];
}
