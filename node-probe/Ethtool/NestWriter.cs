// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Ethtool;

/// <summary>Writes the attributes of a nest into a buffer of the caller, sized by the caller for what it writes.</summary>
internal ref struct NestWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _buffer[.._length];

    public NestWriter Add(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, value);
        return Add(type, bytes);
    }

    public NestWriter Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var length = NetlinkConstants.AttributeHeaderSize + value.Length;
        var at = _buffer.Slice(_length, NetlinkConstants.Align(length));
        at.Clear();
        MemoryMarshal.Write(at, (ushort)length);
        MemoryMarshal.Write(at[2..], type);
        value.CopyTo(at[NetlinkConstants.AttributeHeaderSize..]);
        _length += at.Length;
        return this;
    }
}
