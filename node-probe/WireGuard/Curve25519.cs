// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// X25519 with the base point (RFC 7748 section 5). UAPI answers with the private key only, and who this device is to its peers
/// is the public key; .NET has no X25519, so the ladder stands here.
/// </summary>
internal static class Curve25519
{
    private const int KeySize = 32;

    /// <summary>Computes the public key. The private key is only read; working copies are cleared.</summary>
    public static void DerivePublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        Span<byte> scalar = stackalloc byte[KeySize];
        try
        {
            privateKey[..KeySize].CopyTo(scalar);
            scalar[0] &= 248;
            scalar[31] &= 127;
            scalar[31] |= 64;
            MultiplyBase(scalar).Write(publicKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    /// <summary>The Montgomery ladder, with RFC 7748's names.</summary>
    private static FieldElement MultiplyBase(ReadOnlySpan<byte> scalar)
    {
        var x1 = FieldElement.Small(9);
        var a24 = FieldElement.Small(121665);
        FieldElement x2 = FieldElement.Small(1), z2 = FieldElement.Zero, x3 = x1, z3 = FieldElement.Small(1);
        ulong swap = 0;
        for (var t = 254; t >= 0; t--)
        {
            var bit = (ulong)(scalar[t >> 3] >> (t & 7)) & 1;
            swap ^= bit;
            FieldElement.Swap(swap, ref x2, ref x3);
            FieldElement.Swap(swap, ref z2, ref z3);
            swap = bit;

            var a = x2 + z2;
            var aa = a * a;
            var b = x2 - z2;
            var bb = b * b;
            var e = aa - bb;
            var da = (x3 - z3) * a;
            var cb = (x3 + z3) * b;
            var sum = da + cb;
            var difference = da - cb;
            x3 = sum * sum;
            z3 = x1 * (difference * difference);
            x2 = aa * bb;
            z2 = e * (aa + (a24 * e));
        }

        FieldElement.Swap(swap, ref x2, ref x3);
        FieldElement.Swap(swap, ref z2, ref z3);
        return x2 * z2.Invert();
    }
}
