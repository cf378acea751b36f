// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>
/// A device name with wildcards: <c>*</c> is any run of characters, <c>?</c> is exactly one. Not a regular expression, because the
/// text comes from a resource and matching has to end in time proportional to name times pattern.
/// </summary>
public sealed record NameGlob
{
    /// <summary>As in the resource's schema.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:@-*?=");

    private NameGlob(string pattern) => Pattern = pattern;

    public string Pattern { get; }

    /// <summary>Refuses an empty or overlong text and characters that the resource's schema does not allow.</summary>
    public static bool TryCreate([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NameGlob? glob)
    {
        var good = text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        glob = good ? new NameGlob(text!) : null;
        return good;
    }

    /// <summary>True when the whole name fits; letters' case counts.</summary>
    public bool Matches(string name)
    {
        var (p, n) = (0, 0);
        var (star, resume) = (-1, 0);
        while (n < name.Length)
        {
            if (p < Pattern.Length && Pattern[p] == '*')
            {
                (star, resume) = (p++, n);
            }
            else if (p < Pattern.Length && (Pattern[p] == '?' || Pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                // Only the last star needs to give way: an earlier one that took more could not make the rest fit better.
                (p, n) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        while (p < Pattern.Length && Pattern[p] == '*') p++;
        return p == Pattern.Length;
    }
}
