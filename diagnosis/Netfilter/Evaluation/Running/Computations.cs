// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>nft_immediate, nft_bitwise, nft_byteorder: registers from registers, bit by bit known or not.</summary>
internal static class Computations
{
    private const uint And = 3, Or = 4;

    public static Step Run(EvaluationRun run, Immediate immediate)
    {
        if (!Registers.Fits(immediate.Register, immediate.Value.Length)) return run.Fail(immediate, "a register that does not exist");
        run.Registers.Store(immediate.Register, immediate.Value.Span);
        return Step.Continue;
    }

    public static Step Run(EvaluationRun run, Bitwise bitwise)
    {
        var length = bitwise.Length;
        if (!Fits(bitwise.Source, bitwise.Destination, length) || bitwise.Mask.Length < length || bitwise.Xor.Length < length) return run.Fail(bitwise, "a register that does not exist");
        Span<byte> data = stackalloc byte[length];
        Span<byte> known = stackalloc byte[length];
        var source = run.Registers.Data(bitwise.Source, length);
        var sourceKnown = run.Registers.Known(bitwise.Source, length);
        var mask = bitwise.Mask.Span;
        var xor = bitwise.Xor.Span;
        for (var i = 0; i < length; i++)
        {
            data[i] = (byte)((source[i] & mask[i]) ^ xor[i]);
            known[i] = (byte)(sourceKnown[i] | ~mask[i]);
        }

        return Store(run, bitwise, bitwise.Source, bitwise.Destination, data, known);
    }

    public static Step Run(EvaluationRun run, BitwiseRegister both)
    {
        var length = both.Length;
        if (!Fits(both.Source, both.Destination, length) || !Registers.Fits(both.Source2, length)) return run.Fail(both, "a register that does not exist");
        Span<byte> data = stackalloc byte[length];
        Span<byte> known = stackalloc byte[length];
        var a = run.Registers.Data(both.Source, length);
        var aKnown = run.Registers.Known(both.Source, length);
        var b = run.Registers.Data(both.Source2, length);
        var bKnown = run.Registers.Known(both.Source2, length);
        for (var i = 0; i < length; i++)
        {
            data[i] = (byte)(both.Operation switch { And => a[i] & b[i], Or => a[i] | b[i], _ => a[i] ^ b[i] });
            // A known 0 decides AND, a known 1 decides OR.
            var decided = both.Operation switch { And => (aKnown[i] & ~a[i]) | (bKnown[i] & ~b[i]), Or => (aKnown[i] & a[i]) | (bKnown[i] & b[i]), _ => 0 };
            known[i] = (byte)((aKnown[i] & bKnown[i]) | decided);
        }

        return Store(run, both, run.Registers.AllKnown(both.Source, length) ? both.Source2 : both.Source, both.Destination, data, known);
    }

    public static Step Run(EvaluationRun run, BitwiseShift shift)
    {
        var length = (shift.Length + 3) & ~3;
        if (!Fits(shift.Source, shift.Destination, length) || shift.Bits > 31) return run.Fail(shift, "a register that does not exist");
        Span<byte> data = stackalloc byte[length];
        Span<byte> known = stackalloc byte[length];
        Shift(run.Registers.Data(shift.Source, length), data, shift, fill: false);
        Shift(run.Registers.Known(shift.Source, length), known, shift, fill: true);
        return Store(run, shift, shift.Source, shift.Destination, data, known);
    }

    public static Step Run(EvaluationRun run, ByteOrder order)
    {
        var length = order.Length;
        if (!Fits(order.Source, order.Destination, length) || order.Size is not (2 or 4 or 8)) return run.Fail(order, "a register that does not exist");
        Span<byte> data = stackalloc byte[length];
        Span<byte> known = stackalloc byte[length];
        run.Registers.Data(order.Source, length).CopyTo(data);
        run.Registers.Known(order.Source, length).CopyTo(known);
        if (BitConverter.IsLittleEndian)
        {
            for (var start = 0; start + order.Size <= length; start += order.Size)
            {
                data.Slice(start, order.Size).Reverse();
                known.Slice(start, order.Size).Reverse();
            }
        }

        return Store(run, order, order.Source, order.Destination, data, known);
    }

    /// <summary>Words of native order, the carry from word to word, as nft_bitwise_eval_lshift and _rshift do it.</summary>
    private static void Shift(ReadOnlySpan<byte> source, Span<byte> target, BitwiseShift shift, bool fill)
    {
        var (words, bits) = (source.Length / 4, (int)shift.Bits);
        var carry = fill && bits > 0 ? shift.Left ? (1u << bits) - 1 : ~(uint.MaxValue >> bits) : 0u;
        for (var i = 0; i < words; i++)
        {
            var place = (shift.Left ? words - 1 - i : i) * 4;
            var word = Read(source[place..]);
            Write(target[place..], shift.Left ? (word << bits) | carry : carry | (word >> bits));
            carry = bits == 0 ? 0 : shift.Left ? word >> (32 - bits) : word << (32 - bits);
        }
    }

    private static uint Read(ReadOnlySpan<byte> bytes) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static void Write(Span<byte> bytes, uint value)
    {
        if (BitConverter.IsLittleEndian) BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
    }

    private static bool Fits(int source, int destination, int length) => Registers.Fits(source, length) && Registers.Fits(destination, length);

    private static Step Store(EvaluationRun run, Expression by, int source, int destination, ReadOnlySpan<byte> data, ReadOnlySpan<byte> known)
    {
        if (known.IndexOfAnyExcept((byte)0xff) < 0)
        {
            run.Registers.Store(destination, data);
            return Step.Continue;
        }

        var origin = run.Registers.Origin(source, data.Length);
        run.Store(destination, data, known, new UnknownOrigin(origin.Property, origin, by));
        return Step.Continue;
    }
}
