// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Ethtool;

/// <summary>A bitset of ethtool netlink (ETHTOOL_A_BITSET_*): compact as words in native order, or verbose as a list of bits.</summary>
internal readonly struct Bitset
{
    /// <summary>More bits than any kernel has features (64 today).</summary>
    private const int MaxBits = 1024;

    private const int WordBits = 32;

    private readonly uint[]? _words;

    private Bitset(uint[] words) => _words = words;

    /// <summary>Words of 32 bits, the lowest first.</summary>
    public ReadOnlySpan<uint> Words => _words;

    public bool this[int bit] => _words is not null && bit / WordBits < _words.Length && (_words[bit / WordBits] >> (bit % WordBits) & 1) != 0;

    /// <summary>Reads the values, masks aside; false when it is broken or too long.</summary>
    public static bool TryRead(in NetlinkAttribute attribute, out Bitset bitset)
    {
        bitset = default;
        uint[]? words = null;
        var size = -1;
        var isList = false;
        var list = default(NetlinkAttribute);
        var reader = attribute.Nested();
        while (reader.TryRead(out var part))
        {
            switch (part.Type)
            {
                case EthtoolAttributes.BitsetNoMask:
                    isList = true;
                    break;
                case EthtoolAttributes.BitsetSize:
                    if (!part.TryGetUInt32(out var bits) || bits > MaxBits) return false;
                    size = (int)bits;
                    break;
                case EthtoolAttributes.BitsetValue:
                    if (part.Payload.Length % sizeof(uint) != 0 || part.Payload.Length > MaxBits / 8) return false;
                    words = MemoryMarshal.Cast<byte, uint>(part.Payload).ToArray();
                    break;
                case EthtoolAttributes.BitsetBits:
                    list = part;
                    break;
            }
        }

        if (reader.IsMalformed) return false;
        words ??= new uint[MaxBits / WordBits];
        if (!list.Payload.IsEmpty && !TryReadList(list, isList, words)) return false;
        if (size >= 0) Cut(words, size);
        bitset = new Bitset(words);
        return true;
    }

    /// <summary>In a list without a mask every bit that is named is set; with one, those that carry a value.</summary>
    private static bool TryReadList(in NetlinkAttribute list, bool isList, uint[] words)
    {
        var bits = list.Nested();
        while (bits.TryRead(out var bit))
        {
            if (bit.Type != EthtoolAttributes.Bit) continue;
            uint? index = null;
            var isSet = isList;
            var reader = bit.Nested();
            while (reader.TryRead(out var part))
            {
                if (part.Type == EthtoolAttributes.BitIndex && part.TryGetUInt32(out var number)) index = number;
                else if (part.Type == EthtoolAttributes.BitValue) isSet = true;
            }

            if (reader.IsMalformed || index is not { } position || position >= words.Length * WordBits) return false;
            if (isSet) words[position / WordBits] |= 1u << (int)(position % WordBits);
        }

        return !bits.IsMalformed;
    }

    private static void Cut(uint[] words, int size)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var left = size - (i * WordBits);
            if (left <= 0) words[i] = 0;
            else if (left < WordBits) words[i] &= (1u << left) - 1;
        }
    }
}
