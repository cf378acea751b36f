// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>Builds one request in a buffer of the caller. The buffer is sized by the caller for what it writes; there is no growing.</summary>
internal ref struct NetlinkMessageWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Starts a message; sequence and port id are set when it is sent.</summary>
    public NetlinkMessageWriter(Span<byte> buffer, ushort type, ushort flags)
    {
        _buffer = buffer;
        buffer.Clear();
        MemoryMarshal.Write(buffer[4..], type);
        MemoryMarshal.Write(buffer[6..], (ushort)(flags | NetlinkConstants.FlagRequest));
        _length = NetlinkConstants.MessageHeaderSize;
    }

    /// <summary>Appends the family's fixed header.</summary>
    public void WriteHeader(scoped ReadOnlySpan<byte> header)
    {
        header.CopyTo(_buffer[_length..]);
        _length += NetlinkConstants.Align(header.Length);
    }

    public void WriteAttribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var length = NetlinkConstants.AttributeHeaderSize + value.Length;
        MemoryMarshal.Write(_buffer[_length..], (ushort)length);
        MemoryMarshal.Write(_buffer[(_length + 2)..], type);
        value.CopyTo(_buffer[(_length + NetlinkConstants.AttributeHeaderSize)..]);
        _length += NetlinkConstants.Align(length);
    }

    public void WriteAttribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, value);
        WriteAttribute(type, bytes);
    }

    /// <summary>Text with the NUL that the kernel wants at its end.</summary>
    public void WriteString(ushort type, string value)
    {
        Span<byte> text = stackalloc byte[Encoding.UTF8.GetMaxByteCount(value.Length) + 1];
        text.Clear();
        var length = Encoding.UTF8.GetBytes(value, text);
        WriteAttribute(type, text[..(length + 1)]);
    }

    /// <summary>Sets the length and returns the message.</summary>
    public readonly Span<byte> Complete()
    {
        MemoryMarshal.Write(_buffer, (uint)_length);
        return _buffer[.._length];
    }
}
