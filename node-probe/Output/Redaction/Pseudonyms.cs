// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;

namespace KubeWgDiag.NodeProbe.Output.Redaction;

/// <summary>Names that stand for other names. The same salt gives the same, so that both ends of a tunnel still match.</summary>
internal sealed class Pseudonyms(byte[] salt)
{
    /// <summary>Addresses and prefixes.</summary>
    public AddressPseudonyms Addresses { get; } = new(salt);

    /// <summary>A public key as base64: again 32 bytes as base64.</summary>
    public string Key(string key) => Convert.ToBase64String(Hash("key", key));

    /// <summary>A word such as <c>node-1a2b3c4d5e6f</c>.</summary>
    public string Word(string kind, string text) => $"{kind}-{Convert.ToHexStringLower(Hash(kind, text).AsSpan(0, 6))}";

    /// <summary>Hexadecimal digits, as many as there were; everything else stays where it is (the dashes of a UUID).</summary>
    public string Hex(string text)
    {
        var canonical = text.ToLowerInvariant().Replace('_', '-');
        var digits = Convert.ToHexStringLower(Hash("hex", canonical));
        var result = new StringBuilder(text.Length);
        foreach (var c in text) result.Append(char.IsAsciiHexDigit(c) ? digits[result.Length % digits.Length] : c);
        return result.ToString();
    }

    /// <summary>Six bytes; the two bits of the first that say group and local stay, and so do no address and broadcast.</summary>
    public string Mac(string text)
    {
        Span<byte> bytes = Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));
        if (bytes.ContainsAnyExcept((byte)0) && bytes.ContainsAnyExcept((byte)0xff))
        {
            var special = (byte)(bytes[0] & 3);
            Hash("mac", text.ToLowerInvariant().Replace(":", "", StringComparison.Ordinal)).AsSpan(0, bytes.Length).CopyTo(bytes);
            bytes[0] = (byte)((bytes[0] & ~3) | special);
        }

        var hex = Convert.ToHexStringLower(bytes);
        return text.Contains(':', StringComparison.Ordinal) ? string.Join(':', hex.Chunk(2).Select(pair => new string(pair))) : hex;
    }

    private byte[] Hash(string kind, string text) => HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes($"{kind}\n{text}"));
}
