// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace KubeWgDiag.NodeProbe.Tests.Fuzzing;

/// <summary>One change of a datagram or a text. Places and values are taken modulo what there is, so that every mutation fits every input.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="At">Where.</param>
/// <param name="Value">With what.</param>
internal sealed record Mutation(MutationKind Kind, ushort At, ushort Value)
{
    /// <summary>Lengths and counts at borders where arithmetic goes wrong.</summary>
    private static readonly uint[] Borders = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffc, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, uint.MaxValue];

    /// <summary>One to six mutations.</summary>
    public static Arbitrary<Mutation[]> Several { get; } = Arb.From(
        from count in Gen.Choose(1, 6)
        from mutations in Gen.ArrayOf(
            from kind in Gen.Choose(0, Enum.GetValues<MutationKind>().Length - 1)
            from at in Gen.Choose(0, ushort.MaxValue)
            from value in Gen.Choose(0, ushort.MaxValue)
            select new Mutation((MutationKind)kind, (ushort)at, (ushort)value),
            count)
        select mutations,
        static several => several.Length < 2 ? [] : several.Select((_, leave) => several.Where((_, n) => n != leave).ToArray()));

    /// <summary>The input with the change; never longer than a receive buffer.</summary>
    public byte[] Apply(byte[] input, byte[] other, int limit)
    {
        if (input.Length == 0) return input;
        var at = At % input.Length;
        switch (Kind)
        {
            case MutationKind.FlipBit:
                return Changed(input, copy => copy[at] ^= (byte)(1 << (Value % 8)));
            case MutationKind.SetByte:
                return Changed(input, copy => copy[at] = (byte)Value);
            case MutationKind.SetLength:
                // Attribute lengths are u16 at multiples of four, message lengths u32.
                return Changed(input, copy => Write(copy.AsSpan(at & ~3), Borders[Value % Borders.Length], wide: (Value & 0x100) != 0));
            case MutationKind.NudgeLength:
                return Changed(input, copy => Nudge(copy.AsSpan(at & ~3), (Value % 9) - 4));
            case MutationKind.Truncate:
                return input[..at];
            case MutationKind.Splice:
                return Fit([.. input[..at], .. other.AsSpan(Value % Math.Max(1, other.Length))], limit);
            case MutationKind.Duplicate:
                return Fit([.. input[..at], .. input.AsSpan(at, Math.Min(1 + (Value % 64), input.Length - at)), .. input[at..]], limit);
            case MutationKind.Remove:
                return [.. input[..at], .. input[Math.Min(input.Length, at + 1 + (Value % 16))..]];
            case MutationKind.Nest:
                return Changed(input, copy => Nest(copy.AsSpan(at & ~3), Value));
            default:
                return Changed(input, copy => copy.AsSpan(at, Math.Min(1 + (Value % 64), copy.Length - at)).Fill((byte)(Value >> 8)));
        }
    }

    private static byte[] Changed(byte[] input, Action<byte[]> change)
    {
        var copy = (byte[])input.Clone();
        change(copy);
        return copy;
    }

    private static byte[] Fit(byte[] bytes, int limit) => bytes.Length <= limit ? bytes : bytes[..limit];

    private static void Write(Span<byte> place, uint value, bool wide)
    {
        if (wide && place.Length >= sizeof(uint)) MemoryMarshal.Write(place, value);
        else if (place.Length >= sizeof(ushort)) MemoryMarshal.Write(place, (ushort)value);
    }

    private static void Nudge(Span<byte> place, int by)
    {
        if (place.Length >= sizeof(ushort)) MemoryMarshal.Write(place, (ushort)(MemoryMarshal.Read<ushort>(place) + by));
    }

    /// <summary>Attributes that each hold all the rest: nesting as deep as there is room, all of one type.</summary>
    private static void Nest(Span<byte> place, ushort type)
    {
        for (; place.Length >= 4; place = place[4..])
        {
            MemoryMarshal.Write(place, (ushort)Math.Min(place.Length, ushort.MaxValue));
            MemoryMarshal.Write(place[2..], (ushort)(type % 64));
        }
    }
}

/// <summary>What a mutation does.</summary>
internal enum MutationKind
{
    FlipBit,
    SetByte,
    SetLength,
    NudgeLength,
    Truncate,
    Splice,
    Duplicate,
    Remove,
    Nest,
    Fill,
}
