// SPDX-License-Identifier: Apache-2.0

using System.Buffers;

namespace KubeWgDiag.Diagnosis.Mending;

/// <summary>
/// Makes shell words of names that a node reported. A node is not trusted: a device may be called <c>$(reboot)</c>. A word that a
/// person could misread or a terminal could act on makes no command at all.
/// </summary>
internal static class Shell
{
    private const int WordLimit = 4096;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,@%+-");

    /// <summary>The word in POSIX shell quoting; null when it has no safe spelling.</summary>
    public static string? Word(string? word)
    {
        if (string.IsNullOrEmpty(word) || word.Length > WordLimit) return null;
        // A leading dash would be read as an option by whatever gets the word.
        if (word[0] == '-') return null;
        foreach (var c in word)
        {
            if (c is < ' ' or > '~') return null;
        }

        return word.AsSpan().ContainsAnyExcept(Plain) ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'" : word;
    }

    /// <summary>Joins words that are already safe; null when one of them is missing.</summary>
    public static string? Line(params ReadOnlySpan<string?> words)
    {
        foreach (var word in words)
        {
            if (word is null) return null;
        }

        return string.Join(' ', words!);
    }
}
