// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Expressions that compute in registers.</summary>
internal static class ComputationDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All = [new("bitwise", Bitwise), new("byteorder", ByteOrder)];

    private const uint MaskXor = 0;
    private const uint ShiftLeft = 1;
    private const uint ShiftRight = 2;
    private const uint And = 3;
    private const uint Or = 4;
    private const uint Xor = 5;

    // NFTA_BITWISE_*: 1 sreg, 2 dreg, 3 len, 4 mask, 5 xor, 6 op, 7 data, 8 second sreg. Kernels before 5.6 know one operation and name none.
    private static Expression? Bitwise(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 8);
        if (!a.IsWhole || !a.TryRegister(1, out var source) || !a.TryRegister(2, out var target) || !a.TryUInt32(3, out var size) || size is 0 or > 64) return null;
        var length = (int)size;
        var operation = a.UInt32(6) ?? MaskXor;
        switch (operation)
        {
            case MaskXor when a.TryValue(4, out var mask) && a.TryValue(5, out var xor) && mask.Length == length && xor.Length == length:
                return new Bitwise(source, target, length, decoder.Context.Bytes.Store(mask), decoder.Context.Bytes.Store(xor));
            case ShiftLeft or ShiftRight when a.TryValue(7, out var count) && count.Length == sizeof(uint):
                // The one number in the node's byte order: the kernel uses the data as it stands.
                return new BitwiseShift(source, target, length, operation == ShiftLeft, MemoryMarshal.Read<uint>(count));
            case And or Or or Xor when a.TryRegister(8, out var second):
                return new BitwiseRegister(source, second, target, length, operation);
            case And or Or or Xor when a.TryValue(7, out var constant) && constant.Length == length:
                return WithConstant(new Bitwise(source, target, length, default, default), operation, constant, decoder.Context.Bytes);
            default:
                return null;
        }
    }

    /// <summary>Writes an operation with a constant (Linux 6.13) in the older form (source &amp; mask) ^ xor.</summary>
    private static Bitwise WithConstant(Bitwise form, uint operation, ReadOnlySpan<byte> constant, ByteSlab bytes)
    {
        Span<byte> mask = stackalloc byte[constant.Length];
        Span<byte> xor = stackalloc byte[constant.Length];
        for (var i = 0; i < constant.Length; i++)
        {
            mask[i] = operation switch { And => constant[i], Or => (byte)~constant[i], _ => 0xff };
            xor[i] = operation == And ? (byte)0 : constant[i];
        }

        return form with { Mask = bytes.Store(mask), Xor = bytes.Store(xor) };
    }

    // NFTA_BYTEORDER_*: 1 sreg, 2 dreg, 3 op (0 to host, 1 to network), 4 len, 5 size.
    private static ByteOrder? ByteOrder(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 5);
        if (!a.IsWhole || !a.TryRegister(1, out var source) || !a.TryRegister(2, out var target)) return null;
        return a.TryUInt32(3, out var op) && op <= 1 && a.TryUInt32(4, out var length) && length is > 0 and <= 64 && a.TryUInt32(5, out var size) && size is 2 or 4 or 8
            ? new ByteOrder(source, target, (int)length, (int)size, op == 1)
            : null;
    }
}
