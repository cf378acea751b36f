// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Output.Redaction;

/// <summary>
/// Replaces addresses and MACs in values that are bytes written as hexadecimal digits: packet-filter rules and set elements. Such a value
/// does not say what it is. It is taken for addresses word by word where a word can be one, so a number that looks like an address
/// may change too; an address is not left in because it looks like a number.
/// </summary>
internal sealed class HexRedactor(Pseudonyms pseudonyms)
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    private const int WordBytes = 4;
    private const int LongBytes = 16;
    private const int MacBytes = 6;

    /// <summary>True for a value that is nothing but bytes.</summary>
    public static bool IsHex(string text) =>
        text.Length >= 2 * WordBytes && text.Length % 2 == 0 && !text.AsSpan().ContainsAnyExcept(Digits);

    public string Redact(string text)
    {
        var bytes = Convert.FromHexString(text);
        if (bytes.Length == MacBytes) return pseudonyms.Mac(text);
        if (bytes.Length == LongBytes && IsText(bytes)) return text;
        for (var at = 0; at + WordBytes <= bytes.Length;)
        {
            var length = TryLong(bytes.AsSpan(at)) ? LongBytes : WordBytes;
            if (length == LongBytes || IsAddress(bytes.AsSpan(at, WordBytes))) Replace(bytes.AsSpan(at, length));
            at += length;
        }

        return Convert.ToHexStringLower(bytes);
    }

    private void Replace(Span<byte> bytes)
    {
        if (IpAddr.TryFromNetworkBytes(bytes, out var address) && address.Width == bytes.Length * 8) pseudonyms.Addresses.Of(address).WriteNetworkBytes(bytes);
    }

    // Global unicast, unique local and link-local addresses; a device's name in 16 bytes is text that ends in zeros.
    private static bool TryLong(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= LongBytes
        && (bytes[0] is >= 0x20 and <= 0x3f or 0xfc or 0xfd || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80))
        && !IsText(bytes[..LongBytes])
        && bytes[1..LongBytes].ContainsAnyExcept((byte)0, (byte)0xff);

    // Numbers in host order and masks have zeros or ones where an address of a host or small network has not.
    private static bool IsAddress(ReadOnlySpan<byte> word) =>
        word[0] is > 0 and < 224 and not 127 && (word[2] != 0 || word[3] != 0);

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.TrimEnd((byte)0);
        return text.Length is > 0 and < LongBytes && !text.ContainsAnyExceptInRange((byte)0x21, (byte)0x7e);
    }
}
