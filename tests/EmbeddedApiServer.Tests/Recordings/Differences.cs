// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>The places where two JSON trees differ, each as a path with both values.</summary>
internal static class Differences
{
    public static IEnumerable<string> Between(JsonNode? recorded, JsonNode? actual, string path)
    {
        if (recorded is JsonObject left && actual is JsonObject right)
        {
            foreach (string name in left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key)))
            {
                string at = $"{path}.{name}";
                if (!right.ContainsKey(name))
                    yield return $"{at}: recorded {Short(left[name])}, here absent";
                else if (!left.ContainsKey(name))
                    yield return $"{at}: recorded absent, here {Short(right[name])}";
                else
                {
                    foreach (string inner in Between(left[name], right[name], at))
                        yield return inner;
                }
            }
        }
        else if (recorded is JsonArray list && actual is JsonArray other && list.Count == other.Count)
        {
            for (int index = 0; index < list.Count; index++)
            {
                foreach (string inner in Between(list[index], other[index], $"{path}[{index}]"))
                    yield return inner;
            }
        }
        else if (!JsonNode.DeepEquals(recorded, actual))
        {
            yield return $"{path}: recorded {Short(recorded)}, here {Short(actual)}";
        }
    }

    private static string Short(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length <= 160 ? text : text[..160] + "...";
    }
}
