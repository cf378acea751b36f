// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Discovery;

/// <summary>Discovery of everything in two documents (apidiscovery.k8s.io/v2), as newer kubectl asks for it.</summary>
internal sealed class AggregatedDiscovery(ResourceRegistry registry)
{
    public JsonObject Core() => List([""]);

    public JsonObject Groups() => List(registry.All.Select(resource => resource.Group).Where(name => name.Length > 0).Distinct());

    private JsonObject List(IEnumerable<string> groups) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = "apidiscovery.k8s.io/v2",
        ["metadata"] = new JsonObject(),
        ["items"] = Json.Array(groups.Select(group => (JsonNode?)Group(group))),
    };

    private JsonObject Group(string name)
    {
        var metadata = new JsonObject();
        if (name.Length > 0)
            metadata["name"] = name;
        return new JsonObject
        {
            ["metadata"] = metadata,
            ["versions"] = Json.Array(registry.All.Where(resource => resource.Group == name).GroupBy(resource => resource.Version).Select(version => (JsonNode?)new JsonObject
            {
                ["version"] = version.Key,
                ["resources"] = Json.Array(version.Select(resource => (JsonNode?)Entry(resource))),
                ["freshness"] = "Current",
            })),
        };
    }

    private static JsonObject Entry(ApiResource resource)
    {
        var entry = new JsonObject
        {
            ["resource"] = resource.Plural,
            ["responseKind"] = Kind(resource, resource.Kind),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = Json.Array(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
            entry["shortNames"] = Json.Array(resource.ShortNames);
        if (resource.Categories.Count > 0)
            entry["categories"] = Json.Array(resource.Categories);
        if (resource.Subresources.Count > 0)
            entry["subresources"] = Json.Array(resource.Subresources.Select(name => (JsonNode?)Subresource(resource, name)));
        return entry;
    }

    private static JsonObject Subresource(ApiResource resource, string name)
    {
        (string kind, string[] verbs) = DiscoveryDocuments.SubresourceShape(resource, name);
        return new JsonObject { ["subresource"] = name, ["responseKind"] = Kind(resource, kind), ["verbs"] = Json.Array(verbs) };
    }

    /// <summary>Built-in kinds leave group and version empty: they are those of the document.</summary>
    private static JsonObject Kind(ApiResource resource, string kind) => new()
    {
        ["group"] = resource.IsCustom ? resource.Group : "",
        ["version"] = resource.IsCustom ? resource.Version : "",
        ["kind"] = kind,
    };
}
