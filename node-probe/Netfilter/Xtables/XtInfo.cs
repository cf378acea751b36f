// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>
/// The bytes of an extension's structure. Numbers are in native order unless a name says otherwise; whoever reads asks for the size first,
/// so that no offset can lie outside.
/// </summary>
internal readonly ref struct XtInfo(NetfilterFamily family, ReadOnlySpan<byte> bytes)
{
    private const int InterfaceNameSize = 16;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public bool IsVersion6 { get; } = family == NetfilterFamily.Ipv6;

    public bool IsVersion4 { get; } = family == NetfilterFamily.Ipv4;

    public byte this[int offset] => _bytes[offset];

    /// <summary>True for this size, with or without the padding to 8 bytes that the kernel adds (XT_ALIGN).</summary>
    public bool Is(int size) => _bytes.Length >= size && _bytes.Length <= (size + 7 & ~7);

    /// <summary>True for this size and a family whose addresses are known.</summary>
    public bool IsOfFamily(int size) => (IsVersion4 || IsVersion6) && Is(size);

    public ReadOnlySpan<byte> Slice(int offset, int length) => _bytes.Slice(offset, length);

    public ushort U16(int offset) => MemoryMarshal.Read<ushort>(_bytes[offset..]);

    public uint U32(int offset) => MemoryMarshal.Read<uint>(_bytes[offset..]);

    public ulong U64(int offset) => MemoryMarshal.Read<ulong>(_bytes[offset..]);

    public ushort NetworkU16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[offset..]);

    public uint NetworkU32(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes[offset..]);

    /// <summary>Text up to the first NUL, at most <paramref name="length"/> bytes.</summary>
    public string Text(int offset, int length)
    {
        var text = _bytes.Slice(offset, length);
        var end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>An address of the family in a union nf_inet_addr, or in 4 bytes.</summary>
    public IpAddr Address(int offset) => IsVersion6 ? Address6(offset) : Address4(offset);

    public IpAddr Address4(int offset) => IpAddr.FromBits(IpFamily.IPv4, NetworkU32(offset));

    /// <summary>An IPv6 address as it is, also one that stands for an IPv4 address: xtables compares bits.</summary>
    public IpAddr Address6(int offset) => IpAddr.FromBits(IpFamily.IPv6, BinaryPrimitives.ReadUInt128BigEndian(_bytes[offset..]));

    public XtAddress Masked(int offset, int maskOffset, bool inverted) => new(Address(offset), Address(maskOffset), inverted);

    /// <summary>Two ports in native order; null when every port will do.</summary>
    public XtPortRange? Ports(int offset, bool inverted)
    {
        var (from, to) = (U16(offset), U16(offset + 2));
        return from == 0 && to == ushort.MaxValue && !inverted ? null : new XtPortRange(from, to, inverted);
    }

    public XtRange Range(int offset, bool inverted) => new(U32(offset), U32(offset + 4), inverted);

    /// <summary>A device name under a mask of whole bytes; null = any device. False when the mask is not the beginning of the name.</summary>
    public bool TryInterface(int offset, int maskOffset, bool inverted, out XtInterface? result)
    {
        var mask = _bytes.Slice(maskOffset, InterfaceNameSize);
        var compared = mask.IndexOfAnyExcept((byte)0xff);
        if (compared < 0) compared = InterfaceNameSize;
        result = null;
        if (mask[compared..].IndexOfAnyExcept((byte)0) >= 0) return false;
        if (compared == 0)
        {
            // Everything matches the empty beginning, so its inversion matches nothing.
            result = inverted ? new XtInterface(string.Empty, IsPrefix: true, Inverted: true) : null;
            return true;
        }

        var name = _bytes.Slice(offset, InterfaceNameSize);
        var length = name.IndexOf((byte)0);
        if (length < 0) length = InterfaceNameSize;
        var isPrefix = compared <= length && length < InterfaceNameSize;
        result = new XtInterface(Encoding.UTF8.GetString(name[..Math.Min(compared, length)]), isPrefix, inverted);
        return true;
    }
}
