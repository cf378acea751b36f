// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Makes names that came from a node fit to be shown: no control or invisible characters, bounded length.</summary>
internal static class DisplayText
{
    /// <summary>Longest DNS name; node names are not longer.</summary>
    public const int NodeNameLimit = 253;

    /// <summary>Generous: IFNAMSIZ allows 15 bytes, paths of namespaces are longer.</summary>
    public const int NameLimit = 128;

    private const int DetailLimit = 300;

    public static string NodeName(string? text) => Clean(text, NodeNameLimit);

    public static string Name(string? text) => Clean(text, NameLimit);

    public static string Detail(string? text) => Clean(text, DetailLimit);

    /// <summary>The first few items, and how many more there are.</summary>
    public static string Join<T>(IEnumerable<T> items, int limit = 5)
    {
        var all = items.Select(item => item?.ToString() ?? "").ToList();
        var shown = string.Join(", ", all.Take(limit));
        return all.Count <= limit ? shown : $"{shown} and {all.Count - limit} more";
    }

    private static string Clean(string? text, int limit)
    {
        if (string.IsNullOrEmpty(text)) return "?";
        var cut = text.Length > limit ? string.Concat(text.AsSpan(0, limit), "...") : text;
        return cut.All(IsVisible) ? cut : string.Create(cut.Length, cut, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = IsVisible(source[i]) ? source[i] : '?';
        });
    }

    // Format covers bidirectional overrides and zero-width characters; lone surrogates break JSON writers.
    private static bool IsVisible(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
