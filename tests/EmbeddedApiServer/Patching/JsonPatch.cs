// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Patching;

/// <summary>JSON patch (RFC 6902) with all six operations.</summary>
internal static class JsonPatch
{
    private const int MaxOperations = 10_000;

    /// <summary>The patched object; null when an operation fails.</summary>
    public static JsonObject? Apply(JsonObject target, JsonArray patch)
    {
        if (patch.Count > MaxOperations)
            return null;
        JsonNode? root = target.DeepClone();
        foreach (JsonNode? operation in patch)
        {
            if (!Step(ref root, operation))
                return null;
        }

        return root as JsonObject;
    }

    private static bool Step(ref JsonNode? root, JsonNode? operation)
    {
        string[]? path = Pointer(operation.Text("path"));
        if (path is null)
            return false;
        switch (operation.Text("op"))
        {
            case "add":
                return Add(ref root, path, operation.At("value"));
            case "remove":
                return Remove(root, path);
            case "replace":
                return path.Length == 0 ? Add(ref root, path, operation.At("value")) : Remove(root, path) && Add(ref root, path, operation.At("value"));
            case "test":
                return Read(root, path, out JsonNode? found) && Json.Same(found, operation.At("value"));
            case "copy" or "move":
                string[]? from = Pointer(operation.Text("from"));
                if (from is null || !Read(root, from, out JsonNode? source))
                    return false;
                JsonNode? copy = source?.DeepClone();
                return (operation.Text("op") == "copy" || Remove(root, from)) && Add(ref root, path, copy);
            default:
                return false;
        }
    }

    private static string[]? Pointer(string? text)
    {
        if (text is null || (text.Length > 0 && text[0] != '/'))
            return null;
        return [.. text.Split('/').Skip(1).Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static bool Read(JsonNode? root, ReadOnlySpan<string> path, out JsonNode? found)
    {
        found = root;
        foreach (string step in path)
        {
            switch (found)
            {
                case JsonObject map when map.TryGetPropertyValue(step, out JsonNode? child):
                    found = child;
                    break;
                case JsonArray list when Index(step, list.Count - 1) is { } at:
                    found = list[at];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool Add(ref JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            root = value?.DeepClone();
            return true;
        }

        if (!Read(root, path.AsSpan(..^1), out JsonNode? parent))
            return false;
        switch (parent)
        {
            case JsonObject map:
                map[path[^1]] = value?.DeepClone();
                return true;
            case JsonArray list when path[^1] == "-":
                list.Add(value?.DeepClone());
                return true;
            case JsonArray list when Index(path[^1], list.Count) is { } at:
                list.Insert(at, value?.DeepClone());
                return true;
            default:
                return false;
        }
    }

    private static bool Remove(JsonNode? root, string[] path)
    {
        if (path.Length == 0 || !Read(root, path.AsSpan(..^1), out JsonNode? parent))
            return false;
        switch (parent)
        {
            case JsonObject map:
                return map.Remove(path[^1]);
            case JsonArray list when Index(path[^1], list.Count - 1) is { } at:
                list.RemoveAt(at);
                return true;
            default:
                return false;
        }
    }

    private static int? Index(string step, int last) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at <= last ? at : null;
}
