// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Output.Redaction;

/// <summary>Replaces keys, addresses, MACs, UUIDs and long hexadecimal ids wherever they stand in a text, and the names that it was told.</summary>
internal sealed partial class TextRedactor(Pseudonyms pseudonyms)
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>From now on this name is replaced wherever it stands as a word.</summary>
    public void Learn(string name, string pseudonym) => _names[name] = pseudonym;

    public string Redact(string text)
    {
        foreach (var (name, pseudonym) in _names) text = ReplaceWord(text, name, pseudonym);
        return Secrets().Replace(text, Replace);
    }

    private string Replace(Match match)
    {
        var text = match.Value;
        if (match.Groups["key"].Success) return pseudonyms.Key(text);
        if (match.Groups["hex"].Success) return pseudonyms.Hex(text);
        if (match.Groups["mac"].Success) return pseudonyms.Mac(text);
        if (match.Groups["dashed"].Success) return Address(text.Replace('-', '.')).Replace('.', '-');
        return Address(text);
    }

    /// <summary>An address, or one with a length behind a slash; what is none stays as it is.</summary>
    private string Address(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? text : text[..slash];
        // A prefix has no bits beyond its length; with some it is an address and the length of its network.
        if (slash >= 0 && IpPrefix.TryParse(text, out var prefix) && IpAddr.TryParse(address, out var first) && prefix.Network == first)
            return pseudonyms.Addresses.Of(prefix).ToString();
        return IpAddr.TryParse(address, out var ip) ? pseudonyms.Addresses.Of(ip) + (slash < 0 ? "" : text[slash..]) : text;
    }

    private static string ReplaceWord(string text, string word, string replacement)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            var isWord = (at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end]));
            if (isWord) text = string.Concat(text.AsSpan(0, at), replacement, text.AsSpan(end));
            at += isWord ? replacement.Length : 1;
            if (at >= text.Length) break;
        }

        return text;
    }

    [GeneratedRegex("""
        (?<key>(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=]))
        |(?<hex>(?<![0-9A-Za-z])[0-9a-fA-F]{8}(?:[-_][0-9a-fA-F]{4}){3}[-_][0-9a-fA-F]{12}(?![0-9A-Za-z]))
        |(?<hex>(?<![0-9A-Za-z])[0-9a-f]{32,}(?![0-9A-Za-z]))
        |(?<mac>(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Za-z:]))
        |(?<dashed>(?<=\bip-)[0-9]{1,3}(?:-[0-9]{1,3}){3}(?![0-9A-Za-z]))
        |(?<![0-9A-Za-z.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]{1,2})?(?![0-9A-Za-z]|\.[0-9])
        |(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f:]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{2,39}(?:(?<=:)[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?:/[0-9]{1,3})?(?![0-9A-Za-z])
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Secrets();
}
