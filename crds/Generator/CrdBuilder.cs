// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Schema;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.Generator;

/// <summary>Makes the CustomResourceDefinition (<c>apiextensions.k8s.io/v1</c>) of a resource.</summary>
/// <param name="schemas">Makes the schema of the record.</param>
public sealed class CrdBuilder(SchemaBuilder schemas)
{
    private const string ApiVersionText =
        "Version of this representation of the object, as group/version.";

    private const string KindText = "Kind of the resource that this object represents.";

    /// <summary>The whole definition; one version, served and stored, with a status subresource.</summary>
    public JsonObject Build<T>(ResourceType<T> resource)
        where T : class, IKubernetesObject
    {
        var names = typeof(T).GetCustomAttribute<ResourceNamesAttribute>()
            ?? throw new NotSupportedException($"{typeof(T)} has no {nameof(ResourceNamesAttribute)}");
        var version = new JsonObject
        {
            ["name"] = resource.Version,
            ["served"] = true,
            ["storage"] = true,
            ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
        };
        var fields = typeof(T).GetCustomAttributes<SelectableFieldAttribute>().ToList();
        if (fields.Count > 0)
            version["selectableFields"] = new JsonArray([.. fields.Select(f => new JsonObject { ["jsonPath"] = f.JsonPath })]);
        version["additionalPrinterColumns"] = new JsonArray([.. typeof(T).GetCustomAttributes<PrinterColumnAttribute>().Select(Column)]);
        version["schema"] = new JsonObject { ["openAPIV3Schema"] = Root(typeof(T)) };

        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{resource.Plural}.{resource.Group}" },
            ["spec"] = new JsonObject
            {
                ["group"] = resource.Group,
                ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
                ["names"] = new JsonObject
                {
                    ["kind"] = resource.Kind,
                    ["listKind"] = resource.Kind + "List",
                    ["plural"] = resource.Plural,
                    ["singular"] = names.Singular,
                    ["shortNames"] = new JsonArray(names.ShortName),
                    ["categories"] = new JsonArray(names.Category),
                },
                ["versions"] = new JsonArray(version),
            },
        };
    }

    // The API server has its own rules for the three fields that every object has, and a schema may not say more about them.
    private JsonObject Root(Type type)
    {
        var schema = schemas.Build(type);
        var properties = schema["properties"]!.AsObject();
        properties["apiVersion"] = new JsonObject { ["description"] = ApiVersionText, ["type"] = "string" };
        properties["kind"] = new JsonObject { ["description"] = KindText, ["type"] = "string" };
        properties["metadata"] = new JsonObject { ["type"] = "object" };
        var required = schema["required"]?.AsArray();
        if (required?.FirstOrDefault(r => r!.GetValue<string>() == "metadata") is { } metadata)
            required.Remove(metadata);
        if (required is { Count: 0 })
            schema.Remove("required");
        return schema;
    }

    private static JsonObject Column(PrinterColumnAttribute column)
    {
        var result = new JsonObject { ["name"] = column.Name, ["type"] = column.Type, ["jsonPath"] = column.JsonPath };
        if (column.Priority > 0)
            result["priority"] = column.Priority;
        return result;
    }
}
