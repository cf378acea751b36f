// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Globalization;
using System.Text;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>How iptables writes what many extensions have.</summary>
internal static class XtFormat
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static StringBuilder Option(this StringBuilder text, string name, bool inverted = false) => text.Append(inverted ? " ! " : " ").Append(name);

    public static StringBuilder Word(this StringBuilder text, string value) => text.Append(' ').Append(value);

    public static StringBuilder Number(this StringBuilder text, ulong value) => text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture));

    public static StringBuilder Hex(this StringBuilder text, uint value) => text.Append(" 0x").Append(value.ToString("x", CultureInfo.InvariantCulture));

    /// <summary>A mark, with its mask when it has one.</summary>
    public static StringBuilder Mark(this StringBuilder text, uint value, uint mask)
    {
        text.Hex(value);
        return mask == uint.MaxValue ? text : text.Append("/0x").Append(mask.ToString("x", CultureInfo.InvariantCulture));
    }

    public static StringBuilder Flag(this StringBuilder text, bool set, string name) => set ? text.Option(name) : text;

    /// <summary>Text in quotes unless it is a plain word.</summary>
    public static StringBuilder Quoted(this StringBuilder text, string value)
    {
        text.Append(' ');
        if (value.Length > 0 && !value.AsSpan().ContainsAnyExcept(Plain)) return text.Append(value);
        text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\' or '\'') text.Append('\\');
            text.Append(c);
        }

        return text.Append('"');
    }

    /// <summary>Ports or other 16-bit numbers, <c>from:to</c>; nothing when every one matches, inverted or not.</summary>
    public static void Ports(this StringBuilder text, string name, XtPortRange? range)
    {
        if (range is null || range is { From: 0, To: ushort.MaxValue }) return;
        text.Option(name, range.Inverted).Number(range.From);
        if (range.To != range.From) text.Append(':').Append(range.To);
    }

    /// <summary>A range of 32-bit numbers, <c>from:to</c>; nothing when every one matches.</summary>
    public static void Range(this StringBuilder text, string name, XtRange range, uint most = uint.MaxValue)
    {
        if (range.From == 0 && range.To == most && !range.Inverted) return;
        text.Option(name, range.Inverted).Number(range.From);
        if (range.To != range.From) text.Append(':').Append(range.To);
    }

    /// <summary>An address; its mask as a prefix length when it is one, always or only when it is not a whole address.</summary>
    public static StringBuilder Address(this StringBuilder text, XtAddress address, bool always)
    {
        text.Append(' ').Append(address.Address);
        var length = PrefixLength(address.Mask);
        if (length == address.Mask.Width && !always) return text;
        text.Append('/');
        return length < 0 ? text.Append(address.Mask) : text.Append(length);
    }

    /// <summary>Length of a mask that is a prefix, or -1.</summary>
    public static int PrefixLength(IpAddr mask)
    {
        var bits = mask.Bits << (128 - mask.Width);
        var length = (int)UInt128.LeadingZeroCount(~bits);
        length = Math.Min(length, mask.Width);
        return length == (int)UInt128.PopCount(bits) ? length : -1;
    }

    /// <summary>Sets of an ipset by their dimensions: <c>src,dst</c>.</summary>
    public static StringBuilder Sources(this StringBuilder text, IReadOnlyList<bool> sources)
    {
        text.Append(' ');
        for (var i = 0; i < sources.Count; i++) text.Append(i == 0 ? string.Empty : ",").Append(sources[i] ? "src" : "dst");
        return text;
    }

    /// <summary>Names of the bits that are set, in the given order, with commas.</summary>
    public static StringBuilder Bits(this StringBuilder text, uint value, ReadOnlySpan<(uint Bit, string Name)> names)
    {
        text.Append(' ');
        var first = true;
        foreach (var (bit, name) in names)
        {
            if ((value & bit) == 0) continue;
            text.Append(first ? string.Empty : ",").Append(name);
            first = false;
        }

        return text;
    }
}
