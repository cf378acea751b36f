// SPDX-License-Identifier: Apache-2.0

using System.Numerics;
using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// Remembers the decoded form of recent expressions by their bytes, in memory of a fixed size. Rulesets repeat a few expressions very
/// often and some (addresses, counters) hardly ever, so a newcomer just takes the place of whoever has its slot.
/// </summary>
internal sealed class ExpressionCache
{
    private const int SlotCount = 4096;

    /// <summary>Longer ones (binary xtables extensions, mostly) are decoded every time.</summary>
    private const int MaxKeyLength = 124;

    private const int SlotSize = MaxKeyLength + 4;
    private readonly byte[] _keys = new byte[SlotCount * SlotSize];
    private readonly Expression?[] _values = new Expression?[SlotCount];

    /// <summary>The slot of an expression of a family; -1 when it is too long to be kept.</summary>
    public static int SlotOf(NetfilterFamily family, ReadOnlySpan<byte> expression)
    {
        if (expression.Length > MaxKeyLength) return -1;
        var hash = ((ulong)expression.Length << 8) | (byte)family;
        var words = MemoryMarshal.Cast<byte, ulong>(expression);
        foreach (var word in words) hash = BitOperations.RotateLeft(hash ^ word, 29) * 0x9E3779B97F4A7C15;
        foreach (var last in expression[(words.Length * 8)..]) hash = BitOperations.RotateLeft(hash ^ last, 29) * 0x9E3779B97F4A7C15;
        return (int)(hash >> 40) & (SlotCount - 1);
    }

    public Expression? Find(int slot, NetfilterFamily family, ReadOnlySpan<byte> expression)
    {
        var key = _keys.AsSpan(slot * SlotSize, SlotSize);
        return key[0] == (byte)family && key[1] == expression.Length && key.Slice(4, expression.Length).SequenceEqual(expression) ? _values[slot] : null;
    }

    public void Put(int slot, NetfilterFamily family, ReadOnlySpan<byte> expression, Expression value)
    {
        var key = _keys.AsSpan(slot * SlotSize, SlotSize);
        key[0] = (byte)family;
        key[1] = (byte)expression.Length;
        expression.CopyTo(key[4..]);
        _values[slot] = value;
    }
}
