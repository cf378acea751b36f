// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Splits a datagram into messages (struct nlmsghdr, native byte order, 4 byte alignment).</summary>
internal ref struct NetlinkMessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>A length did not fit; nothing can be read after it.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Takes the next message; false at the end and when the rest cannot be a message.</summary>
    public bool TryRead(out NetlinkMessage message)
    {
        message = default;
        if (_rest.IsEmpty || IsMalformed) return false;
        if (_rest.Length < NetlinkConstants.MessageHeaderSize) return Malformed();
        var length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkConstants.MessageHeaderSize || length > (uint)_rest.Length) return Malformed();
        message = new NetlinkMessage
        {
            Type = MemoryMarshal.Read<ushort>(_rest[4..]),
            Flags = MemoryMarshal.Read<ushort>(_rest[6..]),
            Sequence = MemoryMarshal.Read<uint>(_rest[8..]),
            Payload = _rest[NetlinkConstants.MessageHeaderSize..(int)length],
        };
        // Some event sources send the last message without its padding, so only as much is skipped as there is.
        _rest = _rest[Math.Min(NetlinkConstants.Align((int)length), _rest.Length)..];
        return true;
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }
}
