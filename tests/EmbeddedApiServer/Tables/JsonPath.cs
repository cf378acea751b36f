// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Tables;

/// <summary>
/// The JSONPath of printer columns: <c>.a.b</c>, <c>['a.b']</c>, <c>[0]</c>, <c>[*]</c> and <c>[?(@.type=="Ready")]</c>.
/// </summary>
internal sealed partial class JsonPath
{
    private readonly List<Func<JsonNode?, IEnumerable<JsonNode?>>> _steps = [];

    /// <summary>Null when the path uses something else.</summary>
    public static JsonPath? Parse(string text)
    {
        var path = new JsonPath();
        string rest = text.Trim('{', '}', ' ');
        while (rest.Length > 0)
        {
            Match match = Step().Match(rest);
            if (!match.Success || match.Length == 0)
                return null;
            path._steps.Add(Follow(match));
            rest = rest[match.Length..];
        }

        return path;
    }

    public IEnumerable<JsonNode?> Find(JsonNode? root) => _steps.Aggregate(Enumerable.Repeat(root, 1), (found, step) => found.SelectMany(step)).Where(node => node is not null);

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Follow(Match match)
    {
        if (match.Groups["field"].Success || match.Groups["quoted"].Success)
        {
            string name = (match.Groups["field"].Success ? match.Groups["field"] : match.Groups["quoted"]).Value.Replace("\\.", ".", StringComparison.Ordinal);
            return node => node.At(name) is { } found ? [found] : [];
        }

        if (match.Groups["filter"].Success)
        {
            string name = match.Groups["filter"].Value;
            string value = match.Groups["value"].Value;
            return node => (node as JsonArray ?? []).Where(item => item.Text(name) == value);
        }

        if (match.Groups["index"].Success)
        {
            int index = int.Parse(match.Groups["index"].Value, CultureInfo.InvariantCulture);
            return node => node is JsonArray list && index < list.Count ? [list[index]] : [];
        }

        return node => node switch
        {
            JsonArray list => list,
            JsonObject map => map.Select(pair => pair.Value),
            _ => [],
        };
    }

    [GeneratedRegex("""^(?:\.(?<field>(?:[A-Za-z0-9_$/-]|\\\.)+)|\.?\['(?<quoted>[^']+)'\]|\[\?\(\s*@\.(?<filter>[A-Za-z0-9_]+)\s*==\s*["'](?<value>[^"']*)["']\s*\)\]|\[(?<index>\d{1,6})\]|\.?(?:\[\*\]|\*))""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Step();
}
