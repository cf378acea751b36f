// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>
/// One struct ipt_entry or ip6t_entry with its matches and target. Whoever makes one has checked nothing: <see cref="TryRead"/> does,
/// and everything it gives lies within the entry.
/// </summary>
internal readonly ref struct LegacyEntry
{
    /// <summary>sizeof(struct xt_entry_match): size u16, name 29 bytes, revision u8.</summary>
    public const int ExtensionHeaderSize = 32;

    private LegacyEntry(ReadOnlySpan<byte> bytes, LegacyLayout layout, int targetOffset)
    {
        Bytes = bytes;
        Layout = layout;
        TargetOffset = targetOffset;
    }

    /// <summary>The whole entry, exactly next_offset bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public LegacyLayout Layout { get; }

    /// <summary>target_offset.</summary>
    public int TargetOffset { get; }

    public ulong Packets => MemoryMarshal.Read<ulong>(Bytes[Layout.Counters..]);

    public ulong ByteCount => MemoryMarshal.Read<ulong>(Bytes[(Layout.Counters + 8)..]);

    /// <summary>Everything between header and target.</summary>
    public ReadOnlySpan<byte> Matches => Bytes[Layout.Size..TargetOffset];

    /// <summary>xt_entry_target with its structure.</summary>
    public LegacyExtension Target => new(Bytes[TargetOffset..]);

    /// <summary>Takes the entry at an offset of the table.</summary>
    public static bool TryRead(ReadOnlySpan<byte> table, int offset, LegacyLayout layout, out LegacyEntry entry)
    {
        entry = default;
        if (offset < 0 || table.Length - offset < layout.Size) return false;
        var bytes = table[offset..];
        int target = MemoryMarshal.Read<ushort>(bytes[layout.TargetOffset..]);
        int next = MemoryMarshal.Read<ushort>(bytes[(layout.TargetOffset + 2)..]);
        if (target < layout.Size || target + ExtensionHeaderSize > next || next > bytes.Length) return false;
        if (!LegacyExtension.Fits(bytes[target..next])) return false;
        entry = new LegacyEntry(bytes[..next], layout, target);
        return true;
    }
}

/// <summary>struct xt_entry_match or xt_entry_target and what is behind it.</summary>
internal readonly ref struct LegacyExtension(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Size with the header.</summary>
    public int Size => MemoryMarshal.Read<ushort>(_bytes);

    public ReadOnlySpan<byte> Name
    {
        get
        {
            var name = _bytes.Slice(2, 29);
            var end = name.IndexOf((byte)0);
            return end < 0 ? name : name[..end];
        }
    }

    public byte Revision => _bytes[31];

    public ReadOnlySpan<byte> Info => _bytes[LegacyEntry.ExtensionHeaderSize..Size];

    /// <summary>True when the bytes begin with a whole extension.</summary>
    public static bool Fits(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= LegacyEntry.ExtensionHeaderSize && MemoryMarshal.Read<ushort>(bytes) is var size && size >= LegacyEntry.ExtensionHeaderSize && size <= bytes.Length;
}

/// <summary>Where the two families have their fields (struct ipt_entry, struct ip6t_entry on 64-bit kernels).</summary>
/// <param name="Family">Family.</param>
/// <param name="Size">sizeof: where matches begin.</param>
/// <param name="TargetOffset">Offset of target_offset; next_offset follows.</param>
/// <param name="Counters">Offset of the packet and byte counters.</param>
internal sealed record LegacyLayout(NetfilterFamily Family, int Size, int TargetOffset, int Counters)
{
    public static readonly LegacyLayout Version4 = new(NetfilterFamily.Ipv4, 112, 88, 96);
    public static readonly LegacyLayout Version6 = new(NetfilterFamily.Ipv6, 168, 140, 152);
}
