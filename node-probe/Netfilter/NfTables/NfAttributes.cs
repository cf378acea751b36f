// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// The attributes of one nest, found in one pass and then taken by number. When a number comes twice the first one counts.
/// The nested flag is not looked at: the kernel leaves it out in places.
/// </summary>
internal ref struct NfAttributes
{
    private const int Capacity = 32;
    private readonly ReadOnlySpan<byte> _data;
    private Slots _slots;

    public NfAttributes(ReadOnlySpan<byte> attributes, int highestKnown)
    {
        _data = attributes;
        var at = 0;
        while (at + NetlinkConstants.AttributeHeaderSize <= attributes.Length)
        {
            var length = Unsafe.ReadUnaligned<ushort>(in attributes[at]);
            if (length < NetlinkConstants.AttributeHeaderSize || length > attributes.Length - at) break;
            var type = Unsafe.ReadUnaligned<ushort>(in attributes[at + 2]) & 0x3fff;
            if (type > highestKnown || type >= Capacity) Unknown++;
            else if (_slots[type] == 0) _slots[type] = ((uint)at << 16) | length;
            at = Math.Min(at + NetlinkConstants.Align(length), attributes.Length);
        }

        IsMalformed = at != attributes.Length;
    }

    /// <summary>Attributes with a number above the highest that the reader knows.</summary>
    public int Unknown { get; }

    /// <summary>A length did not fit; what was read before it stays good.</summary>
    public bool IsMalformed { get; }

    /// <summary>Everything was understood as far as numbers and lengths go.</summary>
    public readonly bool IsWhole => !IsMalformed && Unknown == 0;

    /// <summary>The value of an attribute; empty when it is not there.</summary>
    public readonly ReadOnlySpan<byte> this[int type]
    {
        get
        {
            var slot = _slots[type];
            return slot == 0 ? default : _data.Slice((int)(slot >> 16) + NetlinkConstants.AttributeHeaderSize, (int)(slot & 0xffff) - NetlinkConstants.AttributeHeaderSize);
        }
    }

    public readonly bool Has(int type) => _slots[type] != 0;

    public readonly bool TryUInt32(int type, out uint value) => BinaryPrimitives.TryReadUInt32BigEndian(this[type], out value) && this[type].Length == 4;

    public readonly bool TryUInt64(int type, out ulong value) => BinaryPrimitives.TryReadUInt64BigEndian(this[type], out value) && this[type].Length == 8;

    public readonly uint? UInt32(int type) => TryUInt32(type, out var value) ? value : null;

    public readonly ulong? UInt64(int type) => TryUInt64(type, out var value) ? value : null;

    public readonly ushort? UInt16(int type) => this[type] is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : null;

    public readonly byte? Byte(int type) => this[type] is { Length: 1 } bytes ? bytes[0] : null;

    /// <summary>A data register, as the number of its first 4-byte slot; false when it is absent, the verdict register or no register.</summary>
    public readonly bool TryRegister(int type, out int slot)
    {
        slot = TryUInt32(type, out var register) ? SlotOf(register) : -1;
        return slot >= 0;
    }

    /// <summary>A data register that may be absent; false when it is there and cannot be one.</summary>
    public readonly bool TryOptionalRegister(int type, out int? slot)
    {
        slot = TryRegister(type, out var found) ? found : null;
        return slot is not null || !Has(type);
    }

    /// <summary>The bytes of a struct nft_data value (NFTA_DATA_VALUE); false when it is absent, empty or longer than NFT_DATA_VALUE_MAXLEN.</summary>
    public readonly bool TryValue(int type, out ReadOnlySpan<byte> value)
    {
        value = new NfAttributes(this[type], 2)[1];
        return value.Length is > 0 and <= 64;
    }

    // NFT_REG_1 to NFT_REG_4 (1 to 4) have 16 bytes, NFT_REG32_00 to NFT_REG32_15 (8 to 23) have 4; both name the same memory.
    private static int SlotOf(uint register) => register switch
    {
        >= 1 and <= 4 => ((int)register - 1) * 4,
        >= 8 and <= 23 => (int)register - 8,
        _ => -1,
    };

    /// <summary>Offset and length (with header) of each attribute; 0 = absent.</summary>
    [InlineArray(Capacity)]
    private struct Slots
    {
        private uint _first;
    }
}
