// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Security.Cryptography;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Output.Redaction;

/// <summary>
/// Gives addresses other addresses and keeps what a diagnosis is drawn from: two addresses share as many leading bits after as before,
/// so every prefix contains the same addresses and prefixes. A bit is flipped or not by a keyed hash of the bits before it (the idea of
/// Crypto-PAn). Where a special range begins no bit is flipped, so loopback stays loopback and private stays private in its own range; the
/// first bit that may be flipped always is, so nothing below a special range keeps its address.
/// </summary>
internal sealed class AddressPseudonyms(byte[] salt)
{
    private static readonly IpPrefix[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
            "::/127", "64:ff9b::/96", "2000::/3", "2002::/16", "fc00::/8", "fd00::/8", "fe80::/64", "ff00::/16",
        }.Select(IpPrefix.Parse),
    ];

    /// <summary>Addresses that mean themselves: unspecified, loopback, broadcast, and well-known multicast.</summary>
    private static readonly IpPrefix[] Fixed =
    [
        .. new[] { "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/8", "255.255.255.255/32", "::/127", "ff00::/12" }.Select(IpPrefix.Parse),
    ];

    private readonly Dictionary<IpAddr, IpAddr> _known = [];

    /// <summary>The address that stands for this one.</summary>
    public IpAddr Of(IpAddr address)
    {
        if (_known.TryGetValue(address, out var known)) return known;
        return _known[address] = Array.Exists(Fixed, range => range.Contains(address)) ? address : IpAddr.FromBits(address.Family, Map(address, address.Width));
    }

    /// <summary>The prefix that stands for this one: it contains what stands for the addresses in it.</summary>
    public IpPrefix Of(IpPrefix prefix)
    {
        if (prefix.IsHost) return IpPrefix.Host(Of(prefix.Network));
        if (Array.Exists(Fixed, range => range.Contains(prefix))) return prefix;
        return IpPrefix.TryCreate(IpAddr.FromBits(prefix.Family, Map(prefix.Network, prefix.Length)), prefix.Length, out var mapped) ? mapped : prefix;
    }

    private UInt128 Map(IpAddr address, int length)
    {
        var result = address.Bits;
        var free = 0;
        for (var depth = 0; depth < length; depth++)
        {
            var bit = UInt128.One << (address.Width - 1 - depth);
            if (LeadsToSpecial(address, depth)) continue;
            if (free++ == 0 || Flips(address, depth)) result ^= bit;
        }

        return result;
    }

    /// <summary>True when the first bits are a proper beginning of a special range: the next bit decides whether it is one.</summary>
    private static bool LeadsToSpecial(IpAddr address, int depth)
    {
        foreach (var range in Special)
        {
            if (range.Family == address.Family && range.Length > depth && (depth == 0 || (range.Network.Bits ^ address.Bits) >> (address.Width - depth) == UInt128.Zero))
                return true;
        }

        return false;
    }

    private bool Flips(IpAddr address, int depth)
    {
        Span<byte> input = stackalloc byte[18];
        input[0] = (byte)address.Width;
        input[1] = (byte)depth;
        BinaryPrimitives.WriteUInt128BigEndian(input[2..], depth == 0 ? UInt128.Zero : address.Bits >> (address.Width - depth));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(salt, input, hash);
        return (hash[0] & 1) != 0;
    }
}
