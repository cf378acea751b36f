// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeWgDiag.Crds.Generator;

/// <summary>
/// Writes a JSON tree as YAML that people can read: block style, keys as they come, long text folded, text with line
/// breaks as a literal block. Only what JSON knows; no anchors, no tags.
/// </summary>
public static class YamlWriter
{
    private const int FoldColumn = 110;

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./ ,;()$+*=<>'-");

    // Words of YAML 1.1 and 1.2 for null, truth and numbers.
    private static readonly HashSet<string> ReadAsSomethingElse = new(
        ["null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The tree as a YAML document with a line break at its end.</summary>
    public static string Write(JsonNode root)
    {
        var text = new StringBuilder();
        Node(text, root, 0);
        return text.ToString().TrimStart('\n', ' ');
    }

    private static void Node(StringBuilder text, JsonNode? node, int indent)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                foreach (var (key, value) in map)
                {
                    NewLine(text, indent).Append(Scalar(key)).Append(':');
                    // A list stands at its key's own column, as Kubernetes' manifests have it.
                    Node(text, value, value is JsonArray ? indent : indent + 2);
                }

                break;
            case JsonArray { Count: > 0 } list:
                foreach (var item in list)
                    Item(text, item, indent);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                String(text, value.GetValue<string>(), indent);
                break;
            default:
                text.Append(' ').Append(node?.ToJsonString() ?? "null");
                break;
        }

        if (indent == 0 && text.Length > 0 && text[^1] != '\n')
            text.Append('\n');
    }

    private static void Item(StringBuilder text, JsonNode? item, int indent)
    {
        NewLine(text, indent).Append('-');
        if (item is not (JsonObject { Count: > 0 } or JsonArray { Count: > 0 }))
        {
            Node(text, item, indent + 2);
            return;
        }

        var inner = new StringBuilder();
        Node(inner, item, indent + 2);
        // The first key stands on the line of the dash.
        text.Append(' ').Append(inner.ToString().TrimStart('\n', ' '));
    }

    private static StringBuilder NewLine(StringBuilder text, int indent)
    {
        if (text.Length > 0 && text[^1] != '\n')
            text.Append('\n');
        return text.Append(' ', indent);
    }

    private static void String(StringBuilder text, string value, int indent)
    {
        string[] lines = value.Split('\n');
        string scalar = Scalar(value);
        if (lines.Length > 1 && lines.All(IsProse))
            Block(text, "|-", lines, indent);
        else if (lines.Length == 1 && value.Contains(' ', StringComparison.Ordinal) && IsProse(value) && indent + scalar.Length > FoldColumn)
            Block(text, ">-", Fold(value, Math.Max(40, FoldColumn - indent)), indent);
        else
            text.Append(' ').Append(scalar);
    }

    private static void Block(StringBuilder text, string mark, IEnumerable<string> lines, int indent)
    {
        text.Append(' ').Append(mark);
        foreach (string line in lines)
            text.Append('\n').Append(' ', indent).Append(line);
    }

    private static IEnumerable<string> Fold(string value, int width)
    {
        var line = new StringBuilder();
        foreach (string word in value.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private static string Scalar(string value)
    {
        if (IsPlain(value))
            return value;
        bool doubleQuotes = value.Any(IsOdd) || (value.Contains('\'', StringComparison.Ordinal) && value.AsSpan().IndexOfAny('"', '\\') < 0);
        return doubleQuotes
            ? $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
            : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    // Text that survives as lines of a block: blocks keep no blank at an end, and folding breaks at single blanks.
    private static bool IsProse(string value) =>
        value.Length > 0 && value == value.Trim() && !value.Contains("  ", StringComparison.Ordinal) && !value.Any(IsOdd);

    // Needs an escape: control characters, and whitespace that YAML may take for a line break.
    private static bool IsOdd(char c) => char.IsControl(c) || (char.IsWhiteSpace(c) && c != ' ') || c is '\uFEFF' or >= '\uFFFE';

    // A sure subset of what YAML allows without quotes.
    private static bool IsPlain(string value) =>
        value.Length > 0 && (char.IsAsciiLetter(value[0]) || "/_$(".Contains(value[0], StringComparison.Ordinal) || (value[0] == '.' && value.Length > 1 && char.IsAsciiLetter(value[1]))) && value[^1] != ' '
        && value.AsSpan(1).IndexOfAnyExcept(PlainCharacters) < 0 && !ReadAsSomethingElse.Contains(value);
}
