// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.Generator;

/// <summary>Puts what a field's attributes say into its schema.</summary>
internal static class FieldRules
{
    public static void Apply(JsonObject schema, IReadOnlyList<Attribute> attributes)
    {
        // A string rule on a list or map speaks of each of its strings.
        var text = schema["items"] as JsonObject ?? schema["additionalProperties"] as JsonObject ?? schema;
        foreach (var attribute in attributes)
        {
            switch (attribute)
            {
                case BoundsAttribute bounds:
                    schema["minimum"] = bounds.Minimum;
                    if (bounds.Maximum != long.MaxValue)
                        schema["maximum"] = bounds.Maximum;
                    break;
                case MinLengthAttribute min:
                    text["minLength"] = min.Characters;
                    break;
                case MaxLengthAttribute max:
                    text["maxLength"] = max.Characters;
                    break;
                case PatternAttribute pattern:
                    text["pattern"] = pattern.Pattern;
                    break;
                case AllowedValuesAttribute allowed:
                    text["enum"] = new JsonArray([.. allowed.Values.Select(v => JsonValue.Create(v))]);
                    break;
                case FormatAttribute format:
                    text["format"] = format.Format;
                    break;
                case MaxItemsAttribute items:
                    schema[schema.ContainsKey("additionalProperties") ? "maxProperties" : "maxItems"] = items.Items;
                    break;
                case DefaultJsonAttribute value:
                    schema["default"] = JsonNode.Parse(value.Json);
                    break;
                case ListMapAttribute map:
                    schema["x-kubernetes-list-type"] = "map";
                    schema["x-kubernetes-list-map-keys"] = new JsonArray([.. map.Keys.Select(k => JsonValue.Create(k))]);
                    break;
                case ListSetAttribute:
                    schema["x-kubernetes-list-type"] = "set";
                    break;
                case PreserveUnknownFieldsAttribute:
                    schema["x-kubernetes-preserve-unknown-fields"] = true;
                    break;
            }
        }

        CelRules(schema, attributes);
    }

    public static void CelRules(JsonObject schema, IEnumerable<Attribute> attributes)
    {
        foreach (var rule in attributes.OfType<CelRuleAttribute>())
        {
            if (schema["x-kubernetes-validations"] is not JsonArray rules)
                schema["x-kubernetes-validations"] = rules = [];
            rules.Add((JsonNode)new JsonObject { ["rule"] = rule.Rule, ["message"] = rule.Message });
        }
    }
}
