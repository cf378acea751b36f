// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Discovery;

/// <summary>
/// OpenAPI as far as kubectl needs it: which parameters a write takes, and the schemas of custom resources for explain. Built-in kinds
/// have only an open object as schema.
/// </summary>
internal sealed class OpenApiDocuments(ResourceRegistry registry)
{
    public static JsonObject EmptyV2() => new()
    {
        ["swagger"] = "2.0",
        ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = DiscoveryDocuments.ServerVersion },
        ["paths"] = new JsonObject(),
        ["definitions"] = new JsonObject(),
    };

    /// <summary>A Document message with only field 1 (swagger = "2.0").</summary>
    public static byte[] EmptyV2Protobuf() => [0x0A, 0x03, .. "2.0"u8];

    public JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (ApiResource resource in registry.All.DistinctBy(resource => resource.GroupVersion))
        {
            string path = PathOf(resource);
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    public JsonObject? Document(string group, string version)
    {
        ApiResource[] found = [.. registry.All.Where(resource => resource.Group == group && resource.Version == version)];
        if (found.Length == 0)
            return null;
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (ApiResource resource in found)
        {
            string home = $"/{PathOf(resource)}/{(resource.Namespaced ? "namespaces/{namespace}/" : "")}{resource.Plural}";
            paths[home] = new JsonObject { ["get"] = Operation(resource, "list"), ["post"] = Operation(resource, "post") };
            paths[home + "/{name}"] = new JsonObject
            {
                ["get"] = Operation(resource, "get"),
                ["put"] = Operation(resource, "put"),
                ["patch"] = Operation(resource, "patch"),
                ["delete"] = Operation(resource, "delete"),
            };
            schemas[SchemaName(resource)] = Schema(resource);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = DiscoveryDocuments.ServerVersion },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static string PathOf(ApiResource resource) => resource.Group.Length == 0 ? $"api/{resource.Version}" : $"apis/{resource.Group}/{resource.Version}";

    private static string SchemaName(ApiResource resource) =>
        $"{(resource.Group.Length == 0 ? "core" : string.Join('.', resource.Group.Split('.').Reverse()))}.{resource.Version}.{resource.Kind}";

    private static JsonObject Operation(ApiResource resource, string action)
    {
        string[] parameters = action is "post" or "put" or "patch" ? ["dryRun", "fieldManager", "fieldValidation", "force"] : ["dryRun"];
        return new JsonObject
        {
            ["operationId"] = $"{action}{resource.Kind}",
            ["parameters"] = Json.Array(parameters.Select(name => (JsonNode?)new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } })),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{SchemaName(resource)}" } } },
                },
            },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Identity(resource),
        };
    }

    private static JsonObject Schema(ApiResource resource)
    {
        JsonObject schema = resource.PublishedSchema?.Copy() ?? new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        JsonObject properties = schema.Ensure("properties");
        properties.Default("apiVersion", new JsonObject { ["type"] = "string" });
        properties.Default("kind", new JsonObject { ["type"] = "string" });
        properties.Default("metadata", new JsonObject { ["type"] = "object" });
        schema["x-kubernetes-group-version-kind"] = new JsonArray(Identity(resource));
        return schema;
    }

    private static JsonObject Identity(ApiResource resource) => new() { ["group"] = resource.Group, ["version"] = resource.Version, ["kind"] = resource.Kind };
}
