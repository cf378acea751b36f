// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>
/// Text for people from a source that cannot be trusted. Control characters could rewrite a terminal, direction marks could make a command
/// read differently from what it does; both are taken out.
/// </summary>
internal static class PlainText
{
    /// <summary>The text without control characters, cut to a length with an ellipsis; null when nothing is left.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maxLength">UTF-16 units, which are never fewer than the code points that a CRD's maxLength counts.</param>
    public static string? Clean(string? text, int maxLength)
    {
        if (text is null)
            return null;
        var clean = IsPlain(text) ? text.Trim() : Replace(text).Trim();
        if (clean.Length == 0)
            return null;
        if (clean.Length <= maxLength)
            return clean;
        var cut = maxLength - 1;
        if (char.IsHighSurrogate(clean[cut - 1]))
            cut--;
        return clean[..cut].TrimEnd() + "…";
    }

    /// <summary>As <see cref="Clean"/>, with a word for text of which nothing is left.</summary>
    public static string CleanOr(string? text, int maxLength, string otherwise) => Clean(text, maxLength) ?? otherwise;

    /// <summary>True when the text holds no character that <see cref="Clean"/> would take out.</summary>
    public static bool IsPlain([NotNullWhen(true)] string? text)
    {
        if (text is null)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune) || !IsPlain(rune))
                return false;
            if (!rune.IsBmp)
                i++;
        }

        return true;
    }

    private static string Replace(string text)
    {
        var clean = new StringBuilder(text.Length);
        // Lone surrogates come out of the enumeration as the replacement character.
        foreach (var rune in text.EnumerateRunes())
            clean.Append(IsPlain(rune) ? rune.ToString() : " ");
        return clean.ToString();
    }

    // Format covers direction marks and zero-width characters; the separators break lines in some viewers.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
