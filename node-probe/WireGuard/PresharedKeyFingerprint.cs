// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using KubeWgDiag.Diagnosis.Peers;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// The few digits by which both ends of a tunnel see whether they have the same preshared key: the first 3 bytes of SHA-256 over both public keys, the smaller
/// first, and the preshared key. They cannot be turned into the key: it has 256 random bits, of which 24 bits of a hash leave 232 open. Two
/// different keys look alike once in 16 million times, which hides a fault and never makes one. With the public keys in it, one preshared key on
/// several tunnels does not show.
/// </summary>
internal static class PresharedKeyFingerprint
{
    private const int Kept = 3;

    /// <summary>The digits; null for the all-zero key that stands for none, or without an own public key. The copy of the key made here is wiped.</summary>
    /// <param name="ownPublicKey">Public key of the device, base64.</param>
    /// <param name="peerPublicKey">Public key of the peer, base64.</param>
    /// <param name="presharedKey">The 32 bytes; the caller wipes them.</param>
    public static string? Of(string? ownPublicKey, string peerPublicKey, ReadOnlySpan<byte> presharedKey)
    {
        const int Size = WireGuardAttributes.KeySize;
        if (ownPublicKey is null || presharedKey.Length != Size || !presharedKey.ContainsAnyExcept((byte)0)) return null;
        Span<byte> input = stackalloc byte[3 * Size];
        Span<byte> hash = stackalloc byte[Sha256.Size];
        try
        {
            var first = input[..Size];
            var second = input[Size..(2 * Size)];
            if (!TryDecode(ownPublicKey, first) || !TryDecode(peerPublicKey, second)) return null;
            if (first.SequenceCompareTo(second) > 0 && (!TryDecode(peerPublicKey, first) || !TryDecode(ownPublicKey, second))) return null;
            presharedKey.CopyTo(input[(2 * Size)..]);
            Sha256.HashData(input, hash);
            return Convert.ToHexStringLower(hash[..Kept]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }
    }

    private static bool TryDecode(string key, Span<byte> bytes) => Convert.TryFromBase64String(key, bytes, out var written) && written == bytes.Length;
}
