// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Crds.Tests;

/// <summary>A node of a schema with the way to it: <c>.spec.nodeSelector{}</c>, <c>.status.conditions[].type</c>.</summary>
internal sealed record SchemaPlace(string Path, JsonObject Schema)
{
    public string? Type => Schema["type"]?.GetValue<string>();

    public bool IsProperty => !Path.EndsWith("[]", StringComparison.Ordinal) && !Path.EndsWith("{}", StringComparison.Ordinal);

    public override string ToString() => Path;

    /// <summary>All nodes below <paramref name="schema"/>, itself first.</summary>
    public static IEnumerable<SchemaPlace> All(JsonObject schema, string path = "")
    {
        yield return new(path, schema);
        var children = (schema["properties"]?.AsObject().Select(p => ($"{path}.{p.Key}", p.Value)) ?? [])
            .Concat(schema["items"] is { } items ? [($"{path}[]", items)] : [])
            .Concat(schema["additionalProperties"] is JsonObject values ? [($"{path}{{}}", values)] : []);
        foreach (var (childPath, child) in children)
        {
            foreach (var place in All(child!.AsObject(), childPath))
                yield return place;
        }
    }
}
