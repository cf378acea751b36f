// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

/// <summary>The sixteen 4-byte registers of nf_tables, each bit known or not; unknown bits are 0.</summary>
internal sealed class Registers
{
    public const int Count = 16;

    private readonly byte[] _data = new byte[Count * 4];
    private readonly byte[] _known = new byte[Count * 4];
    private readonly UnknownOrigin?[] _origins = new UnknownOrigin?[Count];

    /// <summary>A bit for each register that has unknown bits.</summary>
    private uint _unknown;

    /// <summary>At the beginning of each rule's run nothing is in them that a rule may rely on.</summary>
    public void Reset()
    {
        _known.AsSpan().Fill(0xff);
        _data.AsSpan().Clear();
        _unknown = 0;
    }

    /// <summary>True when a register with this many bytes exists; facts may name any number.</summary>
    public static bool Fits(int register, int length) => register is >= 0 and < Count && length >= 0 && length <= (Count - register) * 4;

    public ReadOnlySpan<byte> Data(int register, int length) => _data.AsSpan(register * 4, length);

    /// <summary>As <see cref="Data"/>, for keys of sets; changes with the register.</summary>
    public ReadOnlyMemory<byte> Memory(int register, int length) => _data.AsMemory(register * 4, length);

    public ReadOnlySpan<byte> Known(int register, int length) => _known.AsSpan(register * 4, length);

    public bool AllKnown(int register, int length) => _unknown == 0 || (_unknown & SlotMask(register, length)) == 0 || _known.AsSpan(register * 4, length).IndexOfAnyExcept((byte)0xff) < 0;

    public UnknownOrigin Origin(int register, int length)
    {
        for (var slot = register; slot * 4 < register * 4 + length; slot++)
        {
            if ((_unknown & (1u << slot)) != 0 && _origins[slot] is { } origin) return origin;
        }

        return UnknownOrigin.Unset;
    }

    /// <summary>Stores known bytes and clears the rest of the last register.</summary>
    public void Store(int register, ReadOnlySpan<byte> data)
    {
        var target = _data.AsSpan(register * 4, Padded(data.Length));
        data.CopyTo(target);
        target[data.Length..].Clear();
        _known.AsSpan(register * 4, target.Length).Fill(0xff);
        _unknown &= ~SlotMask(register, data.Length);
    }

    public void Store32(int register, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BitConverter.TryWriteBytes(bytes, value);
        Store(register, bytes);
    }

    public void Store16(int register, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BitConverter.TryWriteBytes(bytes, value);
        Store(register, bytes);
    }

    public void Store8(int register, byte value) => Store(register, [value]);

    /// <summary>Stores bytes of which some bits are unknown.</summary>
    public void Store(int register, ReadOnlySpan<byte> data, ReadOnlySpan<byte> known, UnknownOrigin origin)
    {
        Store(register, data);
        var start = register * 4;
        for (var i = 0; i < data.Length; i++)
        {
            _known[start + i] = known[i];
            _data[start + i] &= known[i];
            if (known[i] == 0xff) continue;
            _unknown |= 1u << ((start + i) / 4);
            _origins[(start + i) / 4] = origin;
        }
    }

    public void StoreUnknown(int register, int length, UnknownOrigin origin)
    {
        Span<byte> zero = stackalloc byte[length];
        zero.Clear();
        Store(register, zero, zero, origin);
    }

    private static int Padded(int length) => (length + 3) & ~3;

    private static uint SlotMask(int register, int length) => (uint)(((1ul << ((length + 3) / 4)) - 1) << register);
}
