// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Runs the CEL rules of a schema at every place of a value where they stand.</summary>
internal static class RuleRunner
{
    public static void Run(JsonNode? value, JsonNode? old, StructuralSchema schema, string path, List<FieldError> errors)
    {
        if (value is null)
            return;
        foreach (CelRule rule in schema.Rules)
        {
            // A transition rule says something only about a value that was there before.
            if (rule.UsesOldSelf && old is null)
                continue;
            string? problem = rule.Check(CelValues.From(value, schema), CelValues.From(old, schema));
            if (problem is not null)
                errors.Add(new FieldError(rule.Reason, path, value is JsonObject or JsonArray ? $"Invalid value: {problem}" : $"Invalid value: {Json.Compact(value)}: {problem}"));
        }

        switch (value)
        {
            case JsonObject map:
                foreach ((string name, JsonNode? child) in map)
                {
                    if (schema.Field(name) is { } property)
                        Run(child, old.At(name), property, path.Length == 0 ? name : $"{path}.{name}", errors);
                }

                break;
            case JsonArray list when schema.Items is not null:
                Items(list, old as JsonArray, schema, path, errors);
                break;
        }
    }

    /// <summary>Items of a list have an old value only when the list is keyed: a position says nothing about identity.</summary>
    private static void Items(JsonArray list, JsonArray? old, StructuralSchema schema, string path, List<FieldError> errors)
    {
        var shape = new SchemaShape(schema, isRoot: false);
        Dictionary<string, JsonNode?>? before = shape.List == ListShape.Map && old is not null ? FieldTrees.Index(old, shape) : null;
        for (int index = 0; index < list.Count; index++)
        {
            JsonNode? earlier = before is not null && Steps.Item(shape, list[index]) is { } step ? before.GetValueOrDefault(step) : null;
            Run(list[index], earlier, schema.Items!, $"{path}[{index}]", errors);
        }
    }
}
