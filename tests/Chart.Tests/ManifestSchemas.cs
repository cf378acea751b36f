// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Tests;

namespace KubeWgDiag.Chart.Tests;

/// <summary>
/// Holds manifests against the fields of Kubernetes' own kinds, as strictly as <c>kubectl --validate=strict</c>: unknown,
/// missing and wrongly typed fields are errors. It knows no values beyond their type.
/// </summary>
internal sealed class ManifestSchemas
{
    private readonly JsonObject _kinds;
    private readonly JsonObject _types;

    private ManifestSchemas(JsonObject root) => (_kinds, _types) = (root["kinds"]!.AsObject(), root["types"]!.AsObject());

    public static ManifestSchemas Load() =>
        new(JsonNode.Parse(File.ReadAllText(Repository.Path("tests", "fixtures", "kubernetes-schemas", "schemas.json")))!.AsObject());

    public IReadOnlyList<string> Errors(JsonNode? manifest)
    {
        string kind = $"{manifest?["apiVersion"]}/{manifest?["kind"]}";
        if (_kinds[kind]?.GetValue<string>() is not { } type)
            return [$"{kind}: unknown kind"];
        var errors = new List<string>();
        Check(type, manifest, kind, errors);
        if (manifest?["metadata"]?["name"] is null)
            errors.Add($"{kind}.metadata.name: required");
        return errors;
    }

    private void Check(string type, JsonNode? value, string path, List<string> errors)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal))
            CheckList(type[..^2], value, path, errors);
        else if (type.StartsWith('{'))
            CheckMap(type[1..^1], value, path, errors);
        else if (_types[type] is JsonObject fields)
            CheckFields(type, fields, value, path, errors);
        else if (!IsScalar(_types[type] is null ? type : "string", value))
            errors.Add($"{path}: {value?.ToJsonString() ?? "null"} is no {type}");
    }

    private void CheckList(string item, JsonNode? value, string path, List<string> errors)
    {
        if (value is not JsonArray list)
            errors.Add($"{path}: not a list");
        else
        {
            for (int i = 0; i < list.Count; i++)
                Check(item, list[i], $"{path}[{i}]", errors);
        }
    }

    private void CheckMap(string item, JsonNode? value, string path, List<string> errors)
    {
        if (value is not JsonObject map)
            errors.Add($"{path}: not a map");
        else
        {
            foreach (var (key, entry) in map)
                Check(item, entry, $"{path}.{key}", errors);
        }
    }

    private void CheckFields(string type, JsonObject fields, JsonNode? value, string path, List<string> errors)
    {
        if (value is not JsonObject map)
        {
            errors.Add($"{path}: not an object");
            return;
        }

        foreach (var (name, entry) in map)
        {
            if (fields[name]?.GetValue<string>() is not { } field)
                errors.Add($"{path}.{name}: unknown field of {type}");
            else
                Check(Known(type, name, field.TrimStart('!'), entry), entry, $"{path}.{name}", errors);
        }

        foreach (var (name, field) in fields)
        {
            if (field!.GetValue<string>().StartsWith('!') && !map.ContainsKey(name))
                errors.Add($"{path}.{name}: required");
        }
    }

    // OpenAPI calls these two "any", because each may be a schema or something simpler.
    private static string Known(string type, string field, string declared, JsonNode? value) =>
        type == "V1JSONSchemaProps" && field is "items" or "additionalProperties" && value is JsonObject ? type : declared;

    private static bool IsScalar(string type, JsonNode? value) => type switch
    {
        "any" => true,
        "string" or "Date" => value?.GetValueKind() == JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "double" => value?.GetValueKind() == JsonValueKind.Number,
        "int32" or "int64" => value?.GetValueKind() == JsonValueKind.Number && value.ToJsonString().AsSpan().IndexOfAny('.', 'e') < 0,
        "IntOrString" => value?.GetValueKind() is JsonValueKind.Number or JsonValueKind.String,
        _ => throw new NotSupportedException($"type {type}"),
    };
}
