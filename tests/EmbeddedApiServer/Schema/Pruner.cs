// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Drops the fields that a schema does not know.</summary>
internal static class Pruner
{
    public static void Prune(JsonNode? value, StructuralSchema? schema, string path, bool isRoot, List<string> dropped)
    {
        if (schema is null)
            return;
        switch (value)
        {
            case JsonObject map:
                foreach (string name in map.Select(pair => pair.Key).ToArray())
                {
                    string at = path.Length == 0 ? name : $"{path}.{name}";
                    if ((isRoot || schema.EmbeddedResource) && name is "apiVersion" or "kind" or "metadata")
                        continue;
                    if (!schema.Keeps(name))
                    {
                        map.Remove(name);
                        dropped.Add(at);
                        continue;
                    }

                    Prune(map[name], schema.Field(name), at, isRoot: false, dropped);
                }

                break;
            case JsonArray list:
                for (int index = 0; index < list.Count; index++)
                    Prune(list[index], schema.Items, $"{path}[{index}]", isRoot: false, dropped);
                break;
        }
    }
}
