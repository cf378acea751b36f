// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeWgDiag.NodeProbe.Tests.Commands;

/// <summary>
/// Holds JSON against the part of JSON Schema that the published schema uses. Stricter than the standard: a property that the schema does
/// not know is a problem, because this program must not write one.
/// </summary>
internal static class JsonSchemaCheck
{
    private static readonly HashSet<string> Known =
        ["$schema", "title", "description", "$defs", "$ref", "type", "properties", "required", "items", "additionalProperties", "enum", "const", "anyOf", "pattern", "format", "default", "minimum", "maximum"];

    public static void Check(JsonObject root, JsonNode schema, JsonNode? value, string at, List<string> problems)
    {
        if (schema is not JsonObject rules)
        {
            if (!schema.GetValue<bool>()) problems.Add($"{at}: nothing is allowed here");
            return;
        }

        foreach (var keyword in rules.Select(r => r.Key).Where(k => !Known.Contains(k))) problems.Add($"schema: unknown keyword {keyword}");
        if (rules["$ref"]?.GetValue<string>() is { } reference) Check(root, Resolve(root, reference), value, at, problems);
        if (rules["type"] is { } type && !Types(type).Any(t => Is(t, value))) problems.Add($"{at}: not of type {type.ToJsonString()}");
        if (rules["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value))) problems.Add($"{at}: not one of {values.ToJsonString()}");
        if (rules["const"] is { } constant && !JsonNode.DeepEquals(constant, value)) problems.Add($"{at}: not {constant.ToJsonString()}");
        if (rules["pattern"]?.GetValue<string>() is { } pattern && value?.GetValueKind() == JsonValueKind.String && !Regex.IsMatch(value.GetValue<string>(), pattern, RegexOptions.None, TimeSpan.FromSeconds(1)))
            problems.Add($"{at}: does not match {pattern}");
        if (rules["anyOf"] is JsonArray choices) CheckChoices(root, choices, value, at, problems);
        if (value is JsonArray items && rules["items"] is { } item)
        {
            for (var i = 0; i < items.Count; i++) Check(root, item, items[i], $"{at}[{i}]", problems);
        }

        if (value is JsonObject fields) CheckFields(root, rules, fields, at, problems);
    }

    private static void CheckChoices(JsonObject root, JsonArray choices, JsonNode? value, string at, List<string> problems)
    {
        foreach (var choice in choices)
        {
            var inner = new List<string>();
            Check(root, choice!, value, at, inner);
            if (inner.Count == 0) return;
        }

        problems.Add($"{at}: fits none of {choices.Count} choices");
    }

    private static void CheckFields(JsonObject root, JsonObject rules, JsonObject fields, string at, List<string> problems)
    {
        foreach (var name in (rules["required"] as JsonArray ?? []).Select(r => r!.GetValue<string>()).Where(r => !fields.ContainsKey(r)))
            problems.Add($"{at}: {name} is missing");
        if (rules["properties"] is not JsonObject && rules["additionalProperties"] is null) return;
        foreach (var (name, field) in fields)
        {
            if (rules["properties"]?[name] is { } known) Check(root, known, field, $"{at}.{name}", problems);
            else if (rules["additionalProperties"] is { } other) Check(root, other, field, $"{at}.{name}", problems);
            else problems.Add($"{at}: {name} is not in the schema");
        }
    }

    private static JsonNode Resolve(JsonObject root, string reference) =>
        root["$defs"]![reference["#/$defs/".Length..]] ?? throw new InvalidOperationException($"{reference} is nowhere");

    private static IEnumerable<string> Types(JsonNode type) => type is JsonArray many ? many.Select(t => t!.GetValue<string>()) : [type.GetValue<string>()];

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("integer", JsonValueKind.Number) => !value!.ToJsonString().Contains('.', StringComparison.Ordinal),
        _ => false,
    };
}
