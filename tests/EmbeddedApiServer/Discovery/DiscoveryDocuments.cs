// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Discovery;

/// <summary>The classic discovery documents: versions, groups, and the resources of one group version.</summary>
internal sealed class DiscoveryDocuments(ResourceRegistry registry)
{
    /// <summary>The release whose answers this server was held against.</summary>
    public const string ServerVersion = "v1.36.2";

    public static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "36",
        ["gitVersion"] = ServerVersion,
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };

    public static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    public JsonObject Groups() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = Json.Array(GroupNames().Select(name => (JsonNode?)Body(name))),
    };

    public JsonObject? Group(string name)
    {
        if (!GroupNames().Contains(name))
            return null;
        var group = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach ((string field, JsonNode? value) in Body(name))
            group[field] = value?.DeepClone();
        return group;
    }

    public JsonObject? Resources(string group, string version)
    {
        ApiResource[] found = [.. registry.All.Where(resource => resource.Group == group && resource.Version == version)];
        if (found.Length == 0)
            return null;
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = found[0].GroupVersion,
            ["resources"] = Json.Array(found.SelectMany(resource => (IEnumerable<JsonNode?>)[Entry(resource), .. resource.Subresources.Select(name => Subresource(resource, name))])),
        };
    }

    internal static (string Kind, string[] Verbs) SubresourceShape(ApiResource resource, string name) => name switch
    {
        "token" => ("TokenRequest", ["create"]),
        "log" => (resource.Kind, ["get"]),
        _ => (resource.Kind, ["get", "patch", "update"]),
    };

    private IEnumerable<string> GroupNames() => registry.All.Select(resource => resource.Group).Where(name => name.Length > 0).Distinct();

    private JsonObject Body(string name)
    {
        JsonNode[] versions = [.. registry.All.Where(resource => resource.Group == name).Select(resource => resource.Version).Distinct()
            .Select(version => new JsonObject { ["groupVersion"] = $"{name}/{version}", ["version"] = version })];
        return new JsonObject { ["name"] = name, ["versions"] = Json.Array(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }

    private static JsonObject Entry(ApiResource resource)
    {
        var entry = new JsonObject
        {
            ["name"] = resource.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = resource.Namespaced,
            ["kind"] = resource.Kind,
            ["verbs"] = Json.Array(resource.Verbs),
        };
        if (resource.ShortNames.Count > 0)
            entry["shortNames"] = Json.Array(resource.ShortNames);
        if (resource.Categories.Count > 0)
            entry["categories"] = Json.Array(resource.Categories);
        if (resource.Verbs.Contains("get"))
            entry["storageVersionHash"] = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(resource.Storage)).AsSpan(0, 8));
        return entry;
    }

    private static JsonObject Subresource(ApiResource resource, string name)
    {
        (string kind, string[] verbs) = SubresourceShape(resource, name);
        return new JsonObject
        {
            ["name"] = $"{resource.Plural}/{name}",
            ["singularName"] = "",
            ["namespaced"] = resource.Namespaced,
            ["kind"] = kind,
            ["verbs"] = Json.Array(verbs),
        };
    }
}
