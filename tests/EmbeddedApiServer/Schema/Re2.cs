// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>
/// Patterns as the API server understands them (RE2) on .NET's engine: classes such as <c>\d</c> are ASCII, and <c>$</c> is the end of the
/// text only, where .NET would also accept a line feed after it.
/// </summary>
internal static class Re2
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public static Regex Compile(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 8);
        bool inClass = false;
        for (int index = 0; index < pattern.Length; index++)
        {
            char letter = pattern[index];
            text.Append(letter);
            if (letter == '\\' && index + 1 < pattern.Length)
                text.Append(pattern[++index]);
            else if (letter == '[')
                inClass = true;
            else if (letter == ']')
                inClass = false;
            else if (letter == '$' && !inClass)
                text.Append(@"(?!\n)");
        }

        return new Regex(text.ToString(), RegexOptions.ECMAScript, Limit);
    }
}
