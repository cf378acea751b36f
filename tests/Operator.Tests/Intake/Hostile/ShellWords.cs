// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Operator.Tests.Intake.Hostile;

/// <summary>Reads a line as a POSIX shell would (2.2 Quoting), as far as commands of ours go.</summary>
internal static class ShellWords
{
    /// <summary>The words; null when the line has a quote that does not end, or an active character outside of quotes.</summary>
    public static IReadOnlyList<string>? Of(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '\'':
                    var end = line.IndexOf('\'', i + 1);
                    if (end < 0) return null;
                    (word ??= new()).Append(line, i + 1, end - i - 1);
                    i = end;
                    break;
                case '\\' when i + 1 < line.Length && line[i + 1] == '\'':
                    (word ??= new()).Append('\'');
                    i++;
                    break;
                case ' ':
                    if (word is not null) words.Add(word.ToString());
                    word = null;
                    break;
                // Nothing of the shell's own: expansion, redirection, another command, a pattern, a comment.
                case '$' or '`' or '"' or '\\' or ';' or '&' or '|' or '<' or '>' or '(' or ')' or '*' or '?' or '[' or ']' or '{' or '}' or '~' or '!' or '#' or '\n' or '\t':
                    return null;
                default:
                    (word ??= new()).Append(line[i]);
                    break;
            }
        }

        if (word is not null) words.Add(word.ToString());
        return words;
    }
}
