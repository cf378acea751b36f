// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Net;

/// <summary>
/// An IPv4 or IPv6 address as a number, so that prefix arithmetic costs no allocation.
/// Written as text (RFC 5952 for IPv6) everywhere outside the engine.
/// </summary>
/// <remarks>IPv4-mapped IPv6 addresses (<c>::ffff:a.b.c.d</c>) become IPv4: a dual-stack socket reports IPv4 peers so.</remarks>
[JsonConverter(typeof(IpAddrJsonConverter))]
public readonly record struct IpAddr : IComparable<IpAddr>
{
    // Facts hold addresses by the ten thousand: as a UInt128, which wants 16 bytes of alignment, and an int each would take half as much again.
    private readonly ulong _upper;
    private readonly ulong _lower;
    private readonly byte _family;

    private IpAddr(IpFamily family, UInt128 bits) => (_family, _upper, _lower) = ((byte)family, (ulong)(bits >> 64), (ulong)bits);

    /// <summary>The address family.</summary>
    public IpFamily Family => (IpFamily)_family;

    /// <summary>The address as an unsigned number in host order; IPv4 uses the low 32 bits.</summary>
    public UInt128 Bits => new(_upper, _lower);

    /// <summary>Width of the address in bits: 32 or 128.</summary>
    public int Width => Family == IpFamily.IPv4 ? 32 : 128;

    /// <summary>True for <c>0.0.0.0</c> and <c>::</c>.</summary>
    public bool IsUnspecified => Bits == UInt128.Zero;

    /// <summary>True for <c>127.0.0.0/8</c> and <c>::1</c>.</summary>
    public bool IsLoopback => Family == IpFamily.IPv4 ? (uint)Bits >> 24 == 127 : Bits == UInt128.One;

    /// <summary>True for <c>169.254.0.0/16</c> and <c>fe80::/10</c>.</summary>
    public bool IsLinkLocal => Family == IpFamily.IPv4 ? (uint)Bits >> 16 == 0xa9fe : (uint)(Bits >> 118) == 0x3fa;

    /// <summary>True for <c>224.0.0.0/4</c> and <c>ff00::/8</c>.</summary>
    public bool IsMulticast => Family == IpFamily.IPv4 ? (uint)Bits >> 28 == 0xe : (uint)(Bits >> 120) == 0xff;

    /// <summary>Makes an address from a number in host order.</summary>
    public static IpAddr FromBits(IpFamily family, UInt128 bits) =>
        new(family, family == IpFamily.IPv4 ? bits & uint.MaxValue : bits);

    /// <summary>Reads 4 or 16 bytes in network order; anything else is refused.</summary>
    public static bool TryFromNetworkBytes(ReadOnlySpan<byte> bytes, out IpAddr address)
    {
        if (bytes.Length == 4)
        {
            address = new IpAddr(IpFamily.IPv4, BinaryPrimitives.ReadUInt32BigEndian(bytes));
            return true;
        }

        address = default;
        if (bytes.Length != 16) return false;
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        address = bits >> 32 == 0xffff // ::ffff:0:0/96, RFC 4291 section 2.5.5.2
            ? new IpAddr(IpFamily.IPv4, bits & uint.MaxValue)
            : new IpAddr(IpFamily.IPv6, bits);
        return true;
    }

    /// <summary>Writes 4 or 16 bytes in network order and returns how many.</summary>
    public int WriteNetworkBytes(Span<byte> destination)
    {
        var length = Width / 8;
        var bits = Bits;
        for (var i = length - 1; i >= 0; i--)
        {
            destination[i] = (byte)bits;
            bits >>= 8;
        }

        return length;
    }

    /// <summary>Reads the text form; no zone, no port, no prefix length. IPv4 only in four decimal parts.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddr address)
    {
        address = default;
        if (text is null || text.Length > 45 || text.Contains('%', StringComparison.Ordinal)) return false;
        // IPAddress also reads "10.1" and "0x0a000001": machine-written addresses never look so.
        if (!text.Contains(':', StringComparison.Ordinal) && text.AsSpan().Count('.') != 3) return false;
        if (!IPAddress.TryParse(text, out var parsed)) return false;
        Span<byte> bytes = stackalloc byte[16];
        return parsed.TryWriteBytes(bytes, out var written) && TryFromNetworkBytes(bytes[..written], out address);
    }

    /// <summary>As <see cref="TryParse"/>, for literals in code and tests.</summary>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static IpAddr Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"not an IP address: '{text}'");

    /// <inheritdoc/>
    public int CompareTo(IpAddr other) =>
        Family != other.Family ? Family.CompareTo(other.Family) : Bits.CompareTo(other.Bits);

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..WriteNetworkBytes(bytes)]).ToString();
    }

    public static bool operator <(IpAddr left, IpAddr right) => left.CompareTo(right) < 0;

    public static bool operator >(IpAddr left, IpAddr right) => left.CompareTo(right) > 0;

    public static bool operator <=(IpAddr left, IpAddr right) => left.CompareTo(right) <= 0;

    public static bool operator >=(IpAddr left, IpAddr right) => left.CompareTo(right) >= 0;
}
