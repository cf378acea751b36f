// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Cel;

internal enum CelTokenKind
{
    Name,
    Number,
    Text,
    Symbol,
    End,
}

/// <summary>One word of an expression.</summary>
internal sealed partial record CelToken(CelTokenKind Kind, string Text, int At)
{
    /// <summary>All tokens with an end mark; null with the position where the text stops making sense.</summary>
    public static (IReadOnlyList<CelToken>? Tokens, string? Problem) Split(string expression)
    {
        var tokens = new List<CelToken>();
        int at = 0;
        while (at < expression.Length)
        {
            if (char.IsWhiteSpace(expression[at]))
            {
                at++;
                continue;
            }

            Match match = Shape().Match(expression, at);
            if (!match.Success)
                return (null, $"syntax error at {at}: token recognition error at '{expression[at]}'");
            CelTokenKind kind = match.Groups["name"].Success ? CelTokenKind.Name
                : match.Groups["number"].Success ? CelTokenKind.Number
                : match.Groups["text"].Success ? CelTokenKind.Text
                : CelTokenKind.Symbol;
            tokens.Add(new CelToken(kind, match.Value, at));
            at += match.Length;
        }

        tokens.Add(new CelToken(CelTokenKind.End, "end of expression", at));
        return (tokens, null);
    }

    /// <summary>The value of a string literal.</summary>
    public string Unquote()
    {
        if (Text[0] is 'r' or 'R')
            return Text[2..^1];
        return Escape().Replace(Text[1..^1], match => match.Value[1] switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            char other => other.ToString(),
        });
    }

    [GeneratedRegex("""\G(?:(?<text>[rR]?'(?:[^'\\]|\\.)*'|[rR]?"(?:[^"\\]|\\.)*")|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?<symbol>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}]))""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();

    [GeneratedRegex(@"\\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Escape();
}
