// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace KubeWgDiag.Diagnosis.Text;

/// <summary>
/// Makes text from a packet, a device name, a node or a resource harmless for a terminal, a log line and a bounded field. A terminal would obey
/// escape sequences, and direction marks would turn what a person reads; both are taken out.
/// </summary>
public static class PlainText
{
    private const char Cut = '…';

    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    /// <summary>
    /// One line without control or formatting characters, white space as single blanks, at most <paramref name="maxLength"/> UTF-16 units (which are
    /// never fewer than the code points that a CRD's maxLength counts); a cut is shown by an ellipsis.
    /// </summary>
    public static string OneLine(string? text, int maxLength = int.MaxValue)
    {
        if (string.IsNullOrEmpty(text) || maxLength <= 0) return "";
        if (text.Length <= maxLength && IsOneLine(text)) return text;
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        var gap = false;
        // Lone surrogates come out of the enumeration as the replacement character.
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || !IsPlain(rune))
            {
                gap = line.Length > 0;
                continue;
            }

            if (line.Length + rune.Utf16SequenceLength + (gap ? 1 : 0) > maxLength) return Shorten(line, maxLength);
            if (gap) line.Append(' ');
            gap = false;
            line.Append(rune.ToString());
        }

        return line.ToString();
    }

    /// <summary>As <see cref="OneLine"/>; null when nothing is left.</summary>
    public static string? Clean(string? text, int maxLength) => OneLine(text, maxLength) is { Length: > 0 } clean ? clean : null;

    /// <summary>As <see cref="Clean"/>, with a word for text of which nothing is left.</summary>
    public static string CleanOr(string? text, int maxLength, string otherwise) => Clean(text, maxLength) ?? otherwise;

    /// <summary>True when the text is whole Unicode and holds no character that <see cref="OneLine"/> would take out.</summary>
    public static bool IsPlain([NotNullWhen(true)] string? text)
    {
        if (text is null) return false;
        if (!text.AsSpan().ContainsAnyExcept(Printable)) return true;
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune) || !IsPlain(rune)) return false;
            if (!rune.IsBmp) i++;
        }

        return true;
    }

    // Format covers direction marks and zero-width characters; the separators break lines in some viewers.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>The common case, for which nothing has to be made.</summary>
    private static bool IsOneLine(string text) =>
        text[0] != ' ' && text[^1] != ' ' && !text.AsSpan().ContainsAnyExcept(Printable) && !text.Contains("  ", StringComparison.Ordinal);

    private static string Shorten(StringBuilder line, int maxLength)
    {
        var length = Math.Min(line.Length, maxLength - 1);
        // Half a surrogate pair is no text, and an API server refuses it.
        if (length > 0 && char.IsHighSurrogate(line[length - 1])) length--;
        line.Length = length;
        return line.Append(Cut).ToString();
    }
}
