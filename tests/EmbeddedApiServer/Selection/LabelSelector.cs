// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Selection;

/// <summary>A label selector in text form: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
internal sealed partial class LabelSelector
{
    private readonly List<Requirement> _requirements = [];

    private enum Relation { Exists, Missing, In, NotIn }

    public bool IsEmpty => _requirements.Count == 0;

    public static (LabelSelector? Selector, ApiError? Problem) Parse(string? text)
    {
        var selector = new LabelSelector();
        string rest = (text ?? "").Trim();
        while (rest.Length > 0)
        {
            Match match = Term().Match(rest);
            if (!match.Success)
                return (null, ApiError.BadRequest(Complaint(rest)));
            selector._requirements.Add(Requirement.From(match));
            rest = rest[match.Length..].TrimStart();
        }

        return (selector, null);
    }

    /// <summary>The selector object of workloads: matchLabels and matchExpressions.</summary>
    public static LabelSelector FromObject(JsonNode? node)
    {
        var selector = new LabelSelector();
        foreach ((string key, JsonNode? value) in node.Map("matchLabels") ?? [])
            selector._requirements.Add(new(key, Relation.In, [value.Text() ?? ""]));
        foreach (JsonNode? expression in node.Items("matchExpressions"))
        {
            Relation relation = expression.Text("operator") switch
            {
                "In" => Relation.In,
                "NotIn" => Relation.NotIn,
                "DoesNotExist" => Relation.Missing,
                _ => Relation.Exists,
            };
            selector._requirements.Add(new(expression.Text("key") ?? "", relation, [.. expression.Strings("values")]));
        }

        return selector;
    }

    public bool Matches(IEnumerable<(string Key, string Value)> labels)
    {
        if (IsEmpty)
            return true;
        var map = labels.ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal);
        return _requirements.TrueForAll(requirement => requirement.Holds(map));
    }

    private static string Complaint(string rest)
    {
        string token = Token().Match(rest).Value;
        return $"found '{token}', expected: !, identifier, or 'end of string'";
    }

    [GeneratedRegex(@"^(?:(?<not>!)\s*(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)|(?<key>[A-Za-z0-9][-A-Za-z0-9_./]*)(?:\s+(?<set>in|notin)\s*\((?<values>[^()]*)\)|\s*(?<op>==|=|!=)\s*(?<value>[-A-Za-z0-9_.]*))?)\s*(?:,|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Term();

    [GeneratedRegex(@"^(==|!=|=|[^\s]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    private sealed record Requirement(string Key, Relation Relation, IReadOnlyList<string> Values)
    {
        public static Requirement From(Match match)
        {
            string key = match.Groups["key"].Value;
            if (match.Groups["not"].Success)
                return new(key, Relation.Missing, []);
            if (match.Groups["set"].Success)
            {
                string[] values = match.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
                return new(key, match.Groups["set"].Value == "in" ? Relation.In : Relation.NotIn, values);
            }

            return match.Groups["op"].Success
                ? new(key, match.Groups["op"].Value == "!=" ? Relation.NotIn : Relation.In, [match.Groups["value"].Value])
                : new(key, Relation.Exists, []);
        }

        public bool Holds(Dictionary<string, string> labels) => Relation switch
        {
            Relation.Exists => labels.ContainsKey(Key),
            Relation.Missing => !labels.ContainsKey(Key),
            Relation.In => labels.TryGetValue(Key, out string? value) && Values.Contains(value),
            _ => !labels.TryGetValue(Key, out string? other) || !Values.Contains(other),
        };
    }
}
