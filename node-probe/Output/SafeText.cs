// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>Makes text from a packet, a device name or a resource harmless for a terminal, a log line and a bounded field.</summary>
public static class SafeText
{
    private const char Cut = '…';

    /// <summary>
    /// One line without control or formatting characters (a terminal would obey escape sequences, and bidirectional
    /// overrides would turn what a person reads), at most <paramref name="maxLength"/> UTF-16 units, a cut shown by an ellipsis.
    /// </summary>
    public static string OneLine(string? text, int maxLength = int.MaxValue)
    {
        if (string.IsNullOrEmpty(text) || maxLength <= 0) return "";
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        var gap = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsGap(rune))
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

    private static bool IsGap(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Shorten(StringBuilder line, int maxLength)
    {
        var length = Math.Min(line.Length, maxLength - 1);
        // Half a surrogate pair is no text, and an API server refuses it.
        if (length > 0 && char.IsHighSurrogate(line[length - 1])) length--;
        line.Length = length;
        return line.Append(Cut).ToString();
    }
}
