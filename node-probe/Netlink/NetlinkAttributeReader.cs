// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Walks over attributes (struct nlattr, native byte order, 4 byte alignment), forward only and without copies.</summary>
internal ref struct NetlinkAttributeReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    /// <summary>A length did not fit; what was read before it stays good.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Takes the next attribute; false at the end and when the rest cannot be an attribute. An empty value (length 4) is legal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(out NetlinkAttribute attribute)
    {
        var rest = _rest;
        if (rest.Length < NetlinkConstants.AttributeHeaderSize) return End(out attribute);
        var header = MemoryMarshal.Read<uint>(rest);
        var length = BitConverter.IsLittleEndian ? (int)(header & 0xffff) : (int)(header >> 16);
        if (length < NetlinkConstants.AttributeHeaderSize || length > rest.Length) return End(out attribute);
        var type = BitConverter.IsLittleEndian ? (ushort)(header >> 16) : (ushort)header;
        attribute = new NetlinkAttribute(type, rest[NetlinkConstants.AttributeHeaderSize..length]);
        // The padding of the last one may be missing.
        _rest = rest[Math.Min(NetlinkConstants.Align(length), rest.Length)..];
        return true;
    }

    /// <summary>Nothing is left, or what is left cannot be an attribute.</summary>
    private bool End(out NetlinkAttribute attribute)
    {
        attribute = default;
        IsMalformed |= !_rest.IsEmpty;
        _rest = default;
        return false;
    }
}
