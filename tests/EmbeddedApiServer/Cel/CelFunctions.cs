// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>The functions this evaluator knows. Anything else is refused when the expression is compiled.</summary>
internal static class CelFunctions
{
    /// <summary>Name and number of arguments, the receiver counted.</summary>
    private static readonly Dictionary<string, int> Known = new()
    {
        ["size"] = 1,
        ["duration"] = 1,
        ["timestamp"] = 1,
        ["string"] = 1,
        ["int"] = 1,
        ["double"] = 1,
        ["isIP"] = 1,
        ["isCIDR"] = 1,
        ["lowerAscii"] = 1,
        ["upperAscii"] = 1,
        ["trim"] = 1,
        ["matches"] = 2,
        ["startsWith"] = 2,
        ["endsWith"] = 2,
        ["contains"] = 2,
        ["split"] = 2,
        ["indexOf"] = 2,
    };

    public static string? Problem(string name, int arguments) =>
        !Known.TryGetValue(name, out int wanted) ? $"undeclared reference to '{name}' (this server knows: {string.Join(", ", Known.Keys)})"
        : wanted != arguments ? $"found no matching overload for '{name}' applied to {arguments} arguments"
        : null;

    public static object? Call(string name, object?[] values) => (name, values) switch
    {
        ("size", [string text]) => text.EnumerateRunes().LongCount(),
        ("size", [List<object?> list]) => (long)list.Count,
        ("size", [Dictionary<string, object?> map]) => (long)map.Count,
        ("duration", [string text]) => Durations.Parse(text) is { } span ? span : new CelError($"invalid duration {text}"),
        ("duration", [TimeSpan span]) => span,
        ("timestamp", [string text]) => Times.Parse(text) is { } time ? time : new CelError($"invalid timestamp {text}"),
        ("timestamp", [DateTimeOffset time]) => time,
        ("string", [string text]) => text,
        ("string", [long or double]) => Convert.ToString(values[0], CultureInfo.InvariantCulture),
        ("string", [bool flag]) => flag ? "true" : "false",
        ("int", [long number]) => number,
        ("int", [double number]) when Math.Abs(number) < long.MaxValue => (long)number,
        ("int", [string text]) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole : new CelError($"no integer: {text}"),
        ("double", [long number]) => (double)number,
        ("double", [double number]) => number,
        ("isIP", [string text]) => IPAddress.TryParse(text, out _),
        ("isCIDR", [string text]) => text.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(text, out _),
        ("lowerAscii", [string text]) => text.ToLowerInvariant(),
        ("upperAscii", [string text]) => text.ToUpperInvariant(),
        ("trim", [string text]) => text.Trim(),
        ("matches", [string text, string pattern]) => Matches(text, pattern),
        ("startsWith", [string text, string part]) => text.StartsWith(part, StringComparison.Ordinal),
        ("endsWith", [string text, string part]) => text.EndsWith(part, StringComparison.Ordinal),
        ("contains", [string text, string part]) => text.Contains(part, StringComparison.Ordinal),
        ("split", [string text, string part]) => text.Split(part).Cast<object?>().ToList(),
        ("indexOf", [string text, string part]) => (long)text.IndexOf(part, StringComparison.Ordinal),
        _ => CelError.NoOverload(name),
    };

    private static object Matches(string text, string pattern)
    {
        try
        {
            return Re2.Compile(pattern).IsMatch(text);
        }
        catch (Exception error) when (error is ArgumentException or RegexMatchTimeoutException)
        {
            return new CelError($"invalid pattern {pattern}");
        }
    }
}
