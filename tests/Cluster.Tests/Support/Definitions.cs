// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Tests;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>Installs custom resource definitions, labelled; those that are there already are used and never changed.</summary>
internal sealed class Definitions(IKubernetesClient client, RunLabels run)
{
    public static string GadgetGroup(RunLabels run) => $"t{run.Id}.tests.kubewgdiag.io";

    /// <summary>The tests' own definition and the project's two; returns when all are served.</summary>
    public async Task InstallAsync(CancellationToken ct)
    {
        var group = GadgetGroup(run);
        var definitions = new List<AnyObject> { Make($"gadgets.{group}", GadgetSpec(group)) };
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "crds"), "*.yaml").Order(StringComparer.Ordinal))
        {
            var yaml = YamlToJson.Parse(await File.ReadAllTextAsync(file, ct))!;
            definitions.Add(Make((string)yaml["metadata"]!["name"]!, yaml["spec"]!));
        }

        foreach (var definition in definitions)
        {
            var created = await client.CreateAsync(AnyObject.Definition, definition, ct);
            if (!created.IsSuccess && created.Error.Kind != KubeErrorKind.AlreadyExists)
                throw new InvalidOperationException($"the definition {definition.Metadata.Name} is refused: {created.Error.Message}");
        }

        foreach (var definition in definitions)
            await client.UntilAsync(AnyObject.Definition, null, definition.Metadata.Name!, d => d is not null && IsEstablished(d), ct);
    }

    private AnyObject Make(string name, JsonNode spec) =>
        new() { Metadata = new ObjectMeta { Name = name, Labels = run.Labels }, Spec = JsonSerializer.SerializeToElement(spec, NodeJson.Default.JsonNode) };

    private static bool IsEstablished(AnyObject definition) =>
        definition.Status is { ValueKind: JsonValueKind.Object } status
        && status.TryGetProperty("conditions", out var conditions)
        && conditions.ValueKind == JsonValueKind.Array
        && conditions.EnumerateArray().Any(c => c.GetProperty("type").GetString() == "Established" && c.GetProperty("status").GetString() == "True");

    private static JsonNode GadgetSpec(string group) => JsonNode.Parse($$"""
        {
          "group": "{{group}}", "scope": "Namespaced",
          "names": { "plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList" },
          "versions": [ {
            "name": "v1", "served": true, "storage": true, "subresources": { "status": {} },
            "selectableFields": [ { "jsonPath": ".spec.place" } ],
            "schema": { "openAPIV3Schema": { "type": "object", "properties": {
              "spec": { "type": "object", "properties": {
                "size": { "type": "integer", "minimum": 0, "maximum": 10 }, "place": { "type": "string" }, "note": { "type": "string" } } },
              "status": { "type": "object", "properties": { "phase": { "type": "string" }, "count": { "type": "integer" } } } } } }
          } ]
        }
        """)!;
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonNode))]
internal sealed partial class NodeJson : System.Text.Json.Serialization.JsonSerializerContext;
