// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Patching;

/// <summary>
/// The patch kubectl sends for built-in kinds: a merge patch in which lists with keys merge item by item. Directives: <c>$patch</c>
/// delete, replace and merge, <c>$deleteFromPrimitiveList</c>, <c>$retainKeys</c>; <c>$setElementOrder</c> is read over.
/// </summary>
internal static class StrategicMergePatch
{
    private const string DeleteFrom = "$deleteFromPrimitiveList/";

    public static JsonNode? Apply(JsonNode? target, JsonNode? patch, IMergeShape shape) => (target, patch) switch
    {
        (_, JsonObject changes) => Map(target as JsonObject ?? [], changes, shape),
        (JsonArray list, JsonArray changes) when shape.List == ListShape.Map => Items(list, changes, shape),
        (JsonArray list, JsonArray changes) when shape.List == ListShape.Set => Union(list, changes),
        (_, JsonArray changes) => Json.Array(changes.Where(item => item.Text("$patch") != "delete").Select(item => item?.DeepClone())),
        _ => patch?.DeepClone(),
    };

    private static JsonObject Map(JsonObject target, JsonObject changes, IMergeShape shape)
    {
        JsonObject result = changes.Text("$patch") == "replace" ? [] : target.Copy();
        if (changes["$retainKeys"] is JsonArray keep)
        {
            foreach (string name in result.Select(pair => pair.Key).Except(keep.Select(item => item.Text() ?? "")).ToArray())
                result.Remove(name);
        }

        foreach ((string name, JsonNode? value) in changes)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal))
                Without(result, name[DeleteFrom.Length..], value);
            else if (name[0] == '$')
                continue;
            else if (value is null || value.Text("$patch") == "delete")
                result.Remove(name);
            else
                result[name] = Apply(result[name], value, shape.Field(name));
        }

        return result;
    }

    private static JsonArray Items(JsonArray list, JsonArray changes, IMergeShape shape)
    {
        if (changes.Any(item => item.Text("$patch") == "replace"))
            return Json.Array(changes.Where(item => item.Text("$patch") is null).Select(item => item?.DeepClone()));
        JsonArray result = (JsonArray)list.DeepClone();
        foreach (JsonNode? change in changes)
        {
            JsonNode? found = result.FirstOrDefault(item => IsSame(item, change, shape));
            if (change.Text("$patch") == "delete")
            {
                if (found is not null)
                    result.Remove(found);
            }
            else if (found is not null)
            {
                result[result.IndexOf(found)] = Apply(found, change, shape.Items);
            }
            else
            {
                result.Add(Apply(null, change, shape.Items));
            }
        }

        return result;
    }

    /// <summary>Strategic patches go by the first key alone (ports by containerPort or port).</summary>
    private static bool IsSame(JsonNode? item, JsonNode? change, IMergeShape shape) => Json.Same(item.At(shape.Keys[0]), change.At(shape.Keys[0]));

    private static JsonArray Union(JsonArray list, JsonArray changes) =>
        Json.Array(list.Concat(changes.Where(added => !list.Any(item => Json.Same(item, added)))).Select(item => item?.DeepClone()));

    private static void Without(JsonObject map, string name, JsonNode? removed)
    {
        if (map[name] is JsonArray list && removed is JsonArray gone)
            map[name] = Json.Array(list.Where(item => !gone.Any(other => Json.Same(item, other))).Select(item => item?.DeepClone()));
    }
}
