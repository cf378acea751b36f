// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>Names of path steps for fields and list items, and their form in messages.</summary>
internal static class Steps
{
    public static string Field(string name) => "f:" + name;

    /// <summary>The step of a list item; null when the item lacks a key field (then the list cannot be merged by key).</summary>
    public static string? Item(IMergeShape shape, JsonNode? item)
    {
        if (shape.List == ListShape.Set)
            return "v:" + Json.Compact(item);
        var keys = new JsonObject();
        foreach (string key in shape.Keys.Order(StringComparer.Ordinal))
        {
            JsonNode? value = item.At(key) ?? shape.KeyDefault(key);
            if (value is null)
                return null;
            keys[key] = value.DeepClone();
        }

        return "k:" + Json.Compact(keys);
    }

    public static string Display(IReadOnlyList<string> path)
    {
        var text = new StringBuilder();
        foreach (string step in path)
        {
            string rest = step[2..];
            switch (step[0])
            {
                case 'f':
                    text.Append('.').Append(rest);
                    break;
                case 'k':
                    var keys = (JsonObject)JsonNode.Parse(rest)!;
                    text.Append('[').AppendJoin(',', keys.Select(pair => $"{pair.Key}={Json.Compact(pair.Value)}")).Append(']');
                    break;
                default:
                    text.Append("[=").Append(rest).Append(']');
                    break;
            }
        }

        return text.ToString();
    }
}
