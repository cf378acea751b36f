// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Fills in defaults; a null where a default exists and null is not allowed counts as absent.</summary>
internal static class Defaulter
{
    public static void Apply(JsonNode? value, StructuralSchema schema)
    {
        switch (value)
        {
            case JsonObject map:
                foreach ((string name, StructuralSchema property) in schema.Properties)
                {
                    bool absent = !map.ContainsKey(name) || (map[name] is null && !property.Nullable);
                    if (absent && property.Default is not null)
                        map[name] = property.Default.DeepClone();
                }

                foreach ((string name, JsonNode? child) in map.ToArray())
                {
                    if (child is not null && schema.Field(name) is { } property)
                        Apply(child, property);
                }

                break;
            case JsonArray list when schema.Items is not null:
                foreach (JsonNode? item in list)
                    Apply(item, schema.Items);
                break;
        }
    }
}
