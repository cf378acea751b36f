// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>What came of asking for a table.</summary>
/// <param name="Table">The table; null when it is gone or could not be read.</param>
/// <param name="Problem">Why there is none; null when it is just gone.</param>
/// <param name="Unknown">Things in it that were not understood.</param>
/// <param name="Changed">It changed so often that it could not be read in one piece.</param>
internal readonly record struct LegacyTableReading(NetfilterTable? Table, string? Problem = null, int Unknown = 0, bool Changed = false);

/// <summary>
/// Asks for the size of a table and then for its entries. The kernel gives them in one piece, with the counters of all CPUs added up, and refuses
/// with EAGAIN when the size does not fit any more; then both questions are asked again.
/// </summary>
internal static class LegacyTableReader
{
    /// <summary>IPT_SO_GET_INFO, IP6T_SO_GET_INFO.</summary>
    public const int OptionInfo = 64;

    /// <summary>IPT_SO_GET_ENTRIES, IP6T_SO_GET_ENTRIES.</summary>
    public const int OptionEntries = 65;

    /// <summary>How often a table that changes is asked for.</summary>
    public const int MaxAttempts = 5;

    /// <summary>offsetof(struct ipt_get_entries, entrytable): name, size, padding.</summary>
    public const int EntriesOffset = 40;

    /// <summary>The kernel's own limit is XT_MAX_TABLE_SIZE, 512 MiB; the largest rule sets seen are a tenth of this.</summary>
    private const int MaxTableSize = 256 * 1024 * 1024;

    public static LegacyTableReading Read(IXtablesSource source, string table, LegacyLayout layout, IXtDecoder decoder)
    {
        for (var attempt = 1; ; attempt++)
        {
            var errno = TryReadInfo(source, table, out var info);
            if (errno == Errno.NoEntry) return default;
            if (errno != 0) return new LegacyTableReading(null, Errno.NameOf(errno));
            if (info is null || info.Size > MaxTableSize) return new LegacyTableReading(null, "the kernel gave no size that can be");
            errno = TryReadEntries(source, table, info, layout, decoder, out var reading);
            if (errno == 0) return reading;
            if (errno != Errno.Again) return new LegacyTableReading(null, Errno.NameOf(errno));
            if (attempt == MaxAttempts) return new LegacyTableReading(null, "it changed while it was read", Changed: true);
        }
    }

    private static int TryReadInfo(IXtablesSource source, string table, out LegacyTableInfo? info)
    {
        Span<byte> buffer = stackalloc byte[LegacyTableInfo.StructureSize];
        buffer.Clear();
        info = null;
        if (!LegacyTableInfo.TryWriteName(table, buffer)) return Errno.NoEntry;
        var errno = source.GetOption(OptionInfo, buffer, out var length);
        if (errno == 0) info = LegacyTableInfo.Read(buffer[..length]);
        return errno;
    }

    private static int TryReadEntries(IXtablesSource source, string table, LegacyTableInfo info, LegacyLayout layout, IXtDecoder decoder, out LegacyTableReading reading)
    {
        reading = default;
        // Outside the managed heap, because tables are megabytes large and gone in a moment.
        using var memory = new UnmanagedBuffer(EntriesOffset + (int)info.Size);
        var buffer = memory.Span;
        buffer[..EntriesOffset].Clear();
        LegacyTableInfo.TryWriteName(table, buffer);
        MemoryMarshal.Write(buffer[LegacyTableInfo.NameSize..], info.Size);
        var errno = source.GetOption(OptionEntries, buffer, out var length);
        if (errno != 0) return errno;
        var tableDecoder = new LegacyTableDecoder(table, info, layout, decoder);
        var decoded = length == buffer.Length ? tableDecoder.Decode(buffer[EntriesOffset..]) : null;
        reading = new LegacyTableReading(decoded, decoded is null ? "its entries do not hold together" : null, tableDecoder.Unknown);
        return 0;
    }
}
