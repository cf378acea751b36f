// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Peers;

/// <summary>The 64-bit values that stand for peers in a <see cref="PeerSketch"/>: the first bytes of SHA-256.</summary>
public static class PeerHash
{
    private const int KeyBytes = 32;
    private const int PrefixBytes = 1 + 16 + 1;

    /// <summary>How many nodes list a certain peer in full although nothing is wrong with it, on average.</summary>
    public const int Sample = 16;

    /// <summary>Value of a public key.</summary>
    /// <param name="key">Canonical base64.</param>
    public static ulong OfKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes];
        return Convert.TryFromBase64String(key, bytes, out _) ? First(bytes) : 0;
    }

    /// <summary>Value of a public key with its AllowedIPs.</summary>
    /// <param name="key">Canonical base64.</param>
    /// <param name="allowedIps">In any order; repetitions do not count.</param>
    public static ulong OfEntry(string key, IEnumerable<IpPrefix> allowedIps)
    {
        var prefixes = allowedIps.Distinct().Order(PrefixOrder.Instance).ToList();
        var bytes = new byte[KeyBytes + (prefixes.Count * PrefixBytes)];
        Convert.TryFromBase64String(key, bytes, out _);
        var rest = bytes.AsSpan(KeyBytes);
        foreach (var prefix in prefixes)
        {
            rest[0] = (byte)prefix.Family;
            BinaryPrimitives.WriteUInt128LittleEndian(rest[1..], prefix.Network.Bits);
            rest[1 + 16] = (byte)prefix.Length;
            rest = rest[PrefixBytes..];
        }

        return First(bytes);
    }

    /// <summary>
    /// True when two devices list each other in full, though nothing may be wrong: for <see cref="Sample"/> of the peers of each, chosen by both keys
    /// alone, so that both ends choose alike and no node is left out by all.
    /// </summary>
    /// <param name="one">Value of the one's key.</param>
    /// <param name="other">Value of the other's key.</param>
    /// <param name="peers">Number of peers of the device that lists.</param>
    public static bool IsSampled(ulong one, ulong other, int peers) =>
        peers <= Sample || PeerSketch.Mix(one ^ other) < ulong.MaxValue / (ulong)peers * Sample;

    private static ulong First(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
