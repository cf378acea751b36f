// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Splits a datagram into messages (struct nlmsghdr, native byte order, 4 byte alignment).</summary>
internal ref struct NetlinkMessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>A length did not fit; nothing can be read after it.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Takes the next message; false at the end and when the rest cannot be a message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(out NetlinkMessage message)
    {
        var rest = _rest;
        if (rest.Length < NetlinkConstants.MessageHeaderSize) return End(out message);
        var length = MemoryMarshal.Read<uint>(rest);
        if (length < NetlinkConstants.MessageHeaderSize || length > (uint)rest.Length) return End(out message);
        message = new NetlinkMessage
        {
            Type = MemoryMarshal.Read<ushort>(rest[4..]),
            Flags = MemoryMarshal.Read<ushort>(rest[6..]),
            Sequence = MemoryMarshal.Read<uint>(rest[8..]),
            Payload = rest[NetlinkConstants.MessageHeaderSize..(int)length],
        };
        // Some event sources send the last message without its padding, so only as much is skipped as there is.
        _rest = rest[Math.Min(NetlinkConstants.Align((int)length), rest.Length)..];
        return true;
    }

    /// <summary>Nothing is left, or what is left cannot be a message.</summary>
    private bool End(out NetlinkMessage message)
    {
        message = default;
        IsMalformed |= !_rest.IsEmpty;
        _rest = default;
        return false;
    }
}
