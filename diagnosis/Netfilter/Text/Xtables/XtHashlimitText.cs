// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>The match <c>hashlimit</c>.</summary>
internal static class XtHashlimitText
{
    private const ulong OldScale = 10_000;
    private const ulong Scale = 1_000_000;
    private const int ByteShift = 4;
    private const uint DefaultGcInterval = 1000;
    private const uint ByteExpire = 15_000;
    private const uint ByteExpireWithBurst = 60_000;
    private static readonly (string Name, ulong Size)[] Units = [("m", 1024 * 1024), ("k", 1024)];
    private static readonly (uint Bit, string Name)[] Modes = [(4, "srcip"), (8, "srcport"), (1, "dstip"), (2, "dstport")];

    public static void Append(StringBuilder text, XtHashlimit limit)
    {
        text.Append(limit.Inverted ? " --hashlimit-above" : " --hashlimit-upto");
        var expire = limit.OfBytes ? Bytes(text, limit) : Packets(text, limit);
        if ((limit.Mode & 0x0f) != 0) text.Append(" --hashlimit-mode").Bits(limit.Mode, Modes);
        text.Append(" --hashlimit-name ").Append(limit.Name);
        if (limit.Size != 0) text.Append(" --hashlimit-htable-size ").Append(limit.Size);
        if (limit.Max != 0) text.Append(" --hashlimit-htable-max ").Append(limit.Max);
        if (limit.GcInterval != DefaultGcInterval) text.Append(" --hashlimit-htable-gcinterval ").Append(limit.GcInterval);
        if (limit.Expire != expire) text.Append(" --hashlimit-htable-expire ").Append(limit.Expire);
        if (limit.SourcePrefixLength is not (32 or 128)) text.Append(" --hashlimit-srcmask ").Append(limit.SourcePrefixLength);
        if (limit.DestinationPrefixLength is not (32 or 128)) text.Append(" --hashlimit-dstmask ").Append(limit.DestinationPrefixLength);
        text.Flag(limit.RateMatch, "--hashlimit-rate-match");
        if (limit is { RateMatch: true, Interval: not 1 }) text.Append(" --hashlimit-rate-interval ").Append(limit.Interval);
    }

    /// <summary>Returns the default of the expiry in milliseconds: one unit of the rate.</summary>
    private static uint Packets(StringBuilder text, XtHashlimit limit)
    {
        var scale = limit.Revision == 1 ? OldScale : Scale;
        var before = text.Length;
        XtRates.Append(text, limit.Average, scale);
        var unit = text.ToString(before, text.Length - before);
        text.Append(" --hashlimit-burst").Number(limit.Burst);
        return unit[^3..] switch { "day" => 24 * 60 * 60 * 1000, "our" => 60 * 60 * 1000, "min" => 60 * 1000, _ => 1000 };
    }

    /// <summary>The kernel counts in units of 16 bytes and keeps 2^32 over their rate; the burst is a multiple of the rate. Returns the default of the expiry.</summary>
    private static uint Bytes(StringBuilder text, XtHashlimit limit)
    {
        var rate = ((limit.Average == 0 ? uint.MaxValue : uint.MaxValue / limit.Average) - 1) << ByteShift;
        var unit = Array.FindIndex(Units, unit => rate >= unit.Size && Cost(rate & ~(unit.Size - 1)) == limit.Average);
        Amount(text.Append(' '), rate, unit, "b/s");
        if (limit.Burst == 0) return ByteExpire;
        var burst = rate * limit.Burst;
        Amount(text.Append(" --hashlimit-burst "), burst, Array.FindIndex(Units, unit => burst >= unit.Size), "b");
        return ByteExpireWithBurst;
    }

    private static ulong Cost(ulong bytes) => uint.MaxValue / ((bytes >> ByteShift) + 1);

    private static void Amount(StringBuilder text, ulong bytes, int unit, string suffix)
    {
        var (name, size) = unit < 0 ? (string.Empty, 1ul) : Units[unit];
        text.Append(bytes / size).Append(name).Append(suffix);
    }
}
