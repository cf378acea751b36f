// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>
/// One attribute. Each getter wants the exact length of its type: a value of another length is somebody else's format,
/// and the caller counts it and goes on.
/// </summary>
internal readonly ref struct NetlinkAttribute(ushort rawType, ReadOnlySpan<byte> payload)
{
    private const ushort TypeMask = 0x3fff;

    /// <summary>The number without the two flag bits (NLA_TYPE_MASK).</summary>
    public ushort Type => (ushort)(rawType & TypeMask);

    /// <summary>The value, without padding.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    public bool TryGetByte(out byte value)
    {
        value = Payload.Length == 1 ? Payload[0] : (byte)0;
        return Payload.Length == 1;
    }

    public bool TryGetUInt16(out ushort value) => TryGet(out value);

    public bool TryGetUInt32(out uint value) => TryGet(out value);

    public bool TryGetInt32(out int value) => TryGet(out value);

    public bool TryGetUInt64(out ulong value) => TryGet(out value);

    /// <summary>A 16-bit number in network order.</summary>
    public bool TryGetUInt16BigEndian(out ushort value) => BinaryPrimitives.TryReadUInt16BigEndian(Payload, out value) && Payload.Length == 2;

    /// <summary>A number in network order.</summary>
    public bool TryGetUInt32BigEndian(out uint value) => BinaryPrimitives.TryReadUInt32BigEndian(Payload, out value) && Payload.Length == 4;

    /// <summary>Text up to the first NUL, of at most <paramref name="maxLength"/> bytes; empty text is refused.</summary>
    public bool TryGetString(int maxLength, out string value)
    {
        var end = Payload.IndexOf((byte)0);
        var text = end < 0 ? Payload : Payload[..end];
        var ok = text.Length > 0 && text.Length <= maxLength;
        value = ok ? Encoding.UTF8.GetString(text) : string.Empty;
        return ok;
    }

    /// <summary>Reads the value as attributes.</summary>
    public NetlinkAttributeReader Nested() => new(Payload);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryGet<T>(out T value)
        where T : unmanaged
    {
        var bytes = Payload;
        if (bytes.Length == Unsafe.SizeOf<T>())
        {
            value = MemoryMarshal.Read<T>(bytes);
            return true;
        }

        value = default;
        return false;
    }
}
