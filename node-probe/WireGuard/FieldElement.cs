// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// A number modulo 2^255 - 19 in five limbs of 51 bits. Additions leave limbs a little larger, products bring them back;
/// no branch and no table depends on the value.
/// </summary>
internal readonly struct FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
{
    private const ulong Mask = (1UL << 51) - 1;
    private readonly ulong _l0 = l0;
    private readonly ulong _l1 = l1;
    private readonly ulong _l2 = l2;
    private readonly ulong _l3 = l3;
    private readonly ulong _l4 = l4;

    public static FieldElement Zero => default;

    public static FieldElement Small(ulong value) => new(value, 0, 0, 0, 0);

    public static FieldElement operator +(in FieldElement a, in FieldElement b) =>
        new(a._l0 + b._l0, a._l1 + b._l1, a._l2 + b._l2, a._l3 + b._l3, a._l4 + b._l4);

    /// <summary>Adds 4p first, so that no limb goes below zero (limbs of b stay under 2^53).</summary>
    public static FieldElement operator -(in FieldElement a, in FieldElement b) => Carry(
        a._l0 + 0x1FFFFFFFFFFFB4UL - b._l0,
        a._l1 + 0x1FFFFFFFFFFFFCUL - b._l1,
        a._l2 + 0x1FFFFFFFFFFFFCUL - b._l2,
        a._l3 + 0x1FFFFFFFFFFFFCUL - b._l3,
        a._l4 + 0x1FFFFFFFFFFFFCUL - b._l4);

    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        // 2^255 = 19, so a limb product beyond the fifth place comes back times 19.
        ulong b1 = b._l1 * 19, b2 = b._l2 * 19, b3 = b._l3 * 19, b4 = b._l4 * 19;
        var r0 = Product(a._l0, b._l0) + Product(a._l1, b4) + Product(a._l2, b3) + Product(a._l3, b2) + Product(a._l4, b1);
        var r1 = Product(a._l0, b._l1) + Product(a._l1, b._l0) + Product(a._l2, b4) + Product(a._l3, b3) + Product(a._l4, b2);
        var r2 = Product(a._l0, b._l2) + Product(a._l1, b._l1) + Product(a._l2, b._l0) + Product(a._l3, b4) + Product(a._l4, b3);
        var r3 = Product(a._l0, b._l3) + Product(a._l1, b._l2) + Product(a._l2, b._l1) + Product(a._l3, b._l0) + Product(a._l4, b4);
        var r4 = Product(a._l0, b._l4) + Product(a._l1, b._l3) + Product(a._l2, b._l2) + Product(a._l3, b._l1) + Product(a._l4, b._l0);
        r1 += (ulong)(r0 >> 51);
        r2 += (ulong)(r1 >> 51);
        r3 += (ulong)(r2 >> 51);
        r4 += (ulong)(r3 >> 51);
        var l0 = ((ulong)r0 & Mask) + ((ulong)(r4 >> 51) * 19);
        return new FieldElement(l0 & Mask, ((ulong)r1 & Mask) + (l0 >> 51), (ulong)r2 & Mask, (ulong)r3 & Mask, (ulong)r4 & Mask);
    }

    /// <summary>1/x as x^(p-2) (Fermat); the exponent 2^255 - 21 is public.</summary>
    public FieldElement Invert()
    {
        var result = Small(1);
        for (var bit = 254; bit >= 0; bit--)
        {
            result *= result;
            // 2^255 - 21: all ones but bits 2 and 4.
            if (bit is not (2 or 4)) result *= this;
        }

        return result;
    }

    /// <summary>Exchanges the two when <paramref name="swap"/> is 1, in the same time as when it is 0.</summary>
    public static void Swap(ulong swap, ref FieldElement a, ref FieldElement b)
    {
        var mask = 0UL - swap;
        ulong d0 = mask & (a._l0 ^ b._l0), d1 = mask & (a._l1 ^ b._l1), d2 = mask & (a._l2 ^ b._l2), d3 = mask & (a._l3 ^ b._l3), d4 = mask & (a._l4 ^ b._l4);
        a = new FieldElement(a._l0 ^ d0, a._l1 ^ d1, a._l2 ^ d2, a._l3 ^ d3, a._l4 ^ d4);
        b = new FieldElement(b._l0 ^ d0, b._l1 ^ d1, b._l2 ^ d2, b._l3 ^ d3, b._l4 ^ d4);
    }

    /// <summary>Writes the number, fully reduced, as 32 bytes, lowest first.</summary>
    public void Write(Span<byte> destination)
    {
        var r = Carry(_l0, _l1, _l2, _l3, _l4);
        r = Carry(r._l0, r._l1, r._l2, r._l3, r._l4);
        // q is 1 exactly when the number is still p or more; adding 19 q and dropping bit 255 subtracts p.
        var q = (r._l0 + 19) >> 51;
        q = (r._l1 + q) >> 51;
        q = (r._l2 + q) >> 51;
        q = (r._l3 + q) >> 51;
        q = (r._l4 + q) >> 51;
        ulong w0 = r._l0 + (19 * q), w1 = r._l1 + (w0 >> 51), w2 = r._l2 + (w1 >> 51), w3 = r._l3 + (w2 >> 51), w4 = r._l4 + (w3 >> 51);
        (w0, w1, w2, w3, w4) = (w0 & Mask, w1 & Mask, w2 & Mask, w3 & Mask, w4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, w0 | (w1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], (w1 >> 13) | (w2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], (w2 >> 26) | (w3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], (w3 >> 39) | (w4 << 12));
    }

    private static UInt128 Product(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return new UInt128(high, low);
    }

    private static FieldElement Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        l1 += l0 >> 51;
        l2 += l1 >> 51;
        l3 += l2 >> 51;
        l4 += l3 >> 51;
        var l0Reduced = (l0 & Mask) + ((l4 >> 51) * 19);
        return new FieldElement(l0Reduced, l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask);
    }
}
