// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeWgDiag.Crds.Tests;

/// <summary>
/// Checks a value against a structural schema, for the keywords that the generator writes. Fields that the schema does
/// not know are errors here (a server prunes them; kubectl's strict mode refuses them). It does not evaluate CEL rules.
/// </summary>
internal static class SchemaValidator
{
    public static IReadOnlyList<string> Errors(JsonObject schema, JsonNode? value)
    {
        var errors = new List<string>();
        Check(schema, value, "", errors);
        return errors;
    }

    private static void Check(JsonObject schema, JsonNode? value, string path, List<string> errors)
    {
        string actual = TypeOf(value);
        string wanted = schema["type"]!.GetValue<string>();
        if (actual != wanted && !(wanted == "number" && actual == "integer"))
        {
            errors.Add($"{path}: {actual} instead of {wanted}");
            return;
        }

        switch (value)
        {
            case JsonObject map:
                CheckObject(schema, map, path, errors);
                break;
            case JsonArray list:
                if (list.Count > (Number(schema, "maxItems") ?? long.MaxValue))
                    errors.Add($"{path}: more than {schema["maxItems"]} items");
                for (int i = 0; i < list.Count; i++)
                    Check(schema["items"]!.AsObject(), list[i], $"{path}[{i}]", errors);
                CheckKeys(schema, list, path, errors);
                break;
            case JsonValue scalar when actual == "string":
                CheckString(schema, scalar.GetValue<string>(), path, errors);
                break;
            case JsonValue scalar when actual is "integer" or "number":
                double number = double.Parse(scalar.ToJsonString(), CultureInfo.InvariantCulture);
                if (number < (Number(schema, "minimum") ?? long.MinValue) || number > (Number(schema, "maximum") ?? long.MaxValue))
                    errors.Add($"{path}: {number} is out of bounds");
                break;
        }
    }

    private static void CheckObject(JsonObject schema, JsonObject map, string path, List<string> errors)
    {
        foreach (var field in schema["required"]?.AsArray() ?? [])
        {
            if (!map.ContainsKey(field!.GetValue<string>()))
                errors.Add($"{path}.{field}: required");
        }

        if (map.Count > (Number(schema, "maxProperties") ?? long.MaxValue))
            errors.Add($"{path}: more than {schema["maxProperties"]} properties");
        bool open = schema["x-kubernetes-preserve-unknown-fields"]?.GetValue<bool>() == true || path == ".metadata";
        foreach (var (key, value) in map)
        {
            if (schema["properties"]?[key] is JsonObject property)
                Check(property, value, $"{path}.{key}", errors);
            else if (schema["additionalProperties"] is JsonObject values)
                Check(values, value, $"{path}.{key}", errors);
            else if (!open)
                errors.Add($"{path}.{key}: unknown field");
        }
    }

    private static void CheckKeys(JsonObject schema, JsonArray list, string path, List<string> errors)
    {
        if (schema["x-kubernetes-list-map-keys"] is JsonArray keys)
        {
            if (list.Select(i => string.Join('/', keys.Select(k => i![k!.GetValue<string>()]?.ToJsonString()))).Distinct().Count() < list.Count)
                errors.Add($"{path}: duplicate key");
        }
        else if (schema["x-kubernetes-list-type"]?.GetValue<string>() == "set" && list.Select(i => i?.ToJsonString()).Distinct().Count() < list.Count)
        {
            errors.Add($"{path}: duplicate item");
        }
    }

    private static void CheckString(JsonObject schema, string text, string path, List<string> errors)
    {
        int length = text.EnumerateRunes().Count();
        if (length < (Number(schema, "minLength") ?? 0) || length > (Number(schema, "maxLength") ?? long.MaxValue))
            errors.Add($"{path}: length {length}");
        if (schema["pattern"] is { } pattern && !Regex.IsMatch(text, pattern.GetValue<string>(), RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture))
            errors.Add($"{path}: '{text}' does not match {pattern}");
        if (schema["enum"] is JsonArray values && !values.Any(v => v!.GetValue<string>() == text))
            errors.Add($"{path}: '{text}' is none of {values.ToJsonString()}");
        if (schema["format"]?.GetValue<string>() == "date-time" && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _))
            errors.Add($"{path}: '{text}' is no time");
    }

    private static long? Number(JsonObject schema, string keyword) => schema[keyword]?.GetValue<long>();

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.ToJsonString().AsSpan().IndexOfAny('.', 'e', 'E') < 0 ? "integer" : "number",
        _ => "null",
    };
}
