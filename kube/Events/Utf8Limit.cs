// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Kube.Events;

/// <summary>Cuts texts to a number of UTF-8 bytes without cutting a character.</summary>
internal static class Utf8Limit
{
    /// <summary>The longest start of the text that fits; what is no valid UTF-16 becomes U+FFFD, as it would on the wire.</summary>
    public static string Cut(string text, int maxBytes)
    {
        int bytes = 0;
        var kept = new StringBuilder(Math.Min(text.Length, maxBytes));
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes) break;
            kept.Append(rune.ToString());
        }

        return kept.ToString();
    }
}
