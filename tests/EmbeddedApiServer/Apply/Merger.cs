// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>Merges an applied configuration into the live object, and takes fields out of an object.</summary>
internal static class Merger
{
    public static JsonNode? Merge(JsonNode? live, JsonNode? config, IMergeShape shape)
    {
        if (config is JsonObject map && live is JsonObject old && !shape.IsAtomicMap)
        {
            JsonObject merged = old.Copy();
            foreach ((string name, JsonNode? value) in map)
                merged[name] = Merge(old[name], value, shape.Field(name));
            return merged;
        }

        if (config is JsonArray list && live is JsonArray before && shape.List != ListShape.Atomic
            && FieldTrees.Index(before, shape) is { } oldItems && FieldTrees.Index(list, shape) is { } newItems)
            return MergeItems(oldItems, newItems, shape);
        return config?.DeepClone();
    }

    /// <summary>Takes the members of a set out of a value; containers that become empty by it go too.</summary>
    public static void Remove(JsonNode? value, FieldTree paths, IMergeShape shape)
    {
        if (value is JsonObject map)
        {
            foreach ((string step, FieldTree branch) in paths.Children)
            {
                string name = step[2..];
                if (!map.ContainsKey(name))
                    continue;
                Remove(map[name], branch, shape.Field(name));
                if (branch.IsMember ? IsLeafOrEmpty(map[name], shape.Field(name)) : IsEmptyContainer(map[name]))
                    map.Remove(name);
            }
        }
        else if (value is JsonArray list)
        {
            foreach (JsonNode? item in list.ToArray())
            {
                if (Steps.Item(shape, item) is not { } step || paths.Child(step) is not { } branch)
                    continue;
                if (branch.IsMember)
                    list.Remove(item);
                else
                    Remove(item, branch, shape.Items);
            }
        }
    }

    private static bool IsLeafOrEmpty(JsonNode? value, IMergeShape shape) => value switch
    {
        JsonObject map => shape.IsAtomicMap || map.Count == 0,
        JsonArray list => shape.List == ListShape.Atomic || list.Count == 0,
        _ => true,
    };

    private static bool IsEmptyContainer(JsonNode? value) => value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static JsonArray MergeItems(Dictionary<string, JsonNode?> old, Dictionary<string, JsonNode?> added, IMergeShape shape)
    {
        var merged = new JsonArray();
        foreach ((string step, JsonNode? item) in old)
        {
            merged.Add(added.TryGetValue(step, out JsonNode? change) && shape.List == ListShape.Map
                ? Merge(item, change, shape.Items)
                : item?.DeepClone());
        }

        foreach ((string step, JsonNode? item) in added.Where(pair => !old.ContainsKey(pair.Key)))
            merged.Add(item?.DeepClone());
        return merged;
    }
}
