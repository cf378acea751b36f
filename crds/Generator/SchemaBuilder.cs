// SPDX-License-Identifier: Apache-2.0

using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Crds.Schema;

namespace KubeWgDiag.Crds.Generator;

/// <summary>
/// Makes a structural schema out of source-generated JSON metadata: what the serializer would write is what the API
/// server accepts. Fields stand in the order of declaration.
/// </summary>
/// <param name="types">The serializer's metadata.</param>
/// <param name="docs">Descriptions.</param>
public sealed class SchemaBuilder(IJsonTypeInfoResolver types, XmlDocs docs)
{
    // Deeper than any resource here; a record that contains itself has no structural schema.
    private const int MaxDepth = 16;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    // The order in which a person wants to read a node of the schema.
    private static readonly string[] Order =
    [
        "description", "type", "format", "enum", "default", "minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems",
        "maxProperties", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations", "required", "properties", "items", "additionalProperties",
    ];

    /// <summary>Schema of one type.</summary>
    public JsonObject Build(Type type) => Sorted(WithDescription(OfType(type, 0), docs.Of(type)));

    private JsonObject OfType(Type declared, int depth)
    {
        if (depth > MaxDepth)
            throw new NotSupportedException($"{declared} is nested deeper than {MaxDepth}: does it contain itself?");
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (Scalar(type) is { } scalar)
            return scalar;
        var info = types.GetTypeInfo(type, Json(types)) ?? throw new NotSupportedException($"{type} is not in the JSON context");
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new()
            {
                ["type"] = "array",
                ["x-kubernetes-list-type"] = "atomic",
                ["items"] = WithDescription(OfType(info.ElementType!, depth + 1), docs.Of(info.ElementType!)),
            },
            JsonTypeInfoKind.Dictionary => new() { ["type"] = "object", ["additionalProperties"] = OfType(info.ElementType!, depth + 1) },
            JsonTypeInfoKind.Object => OfObject(info, depth),
            _ => throw new NotSupportedException($"{type} has no schema"),
        };
    }

    private JsonObject OfObject(JsonTypeInfo info, int depth)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        // An ignored property stays in the metadata, without accessors.
        foreach (var property in info.Properties.Where(p => p.Get is not null || p.Set is not null))
        {
            var attributes = AttributesOf(info.Type, property);
            var schema = OfType(property.PropertyType, depth + 1);
            FieldRules.Apply(schema, attributes);
            properties[property.Name] = WithDescription(schema, Description(info.Type, property));
            if (property.IsRequired || attributes.OfType<RequiredInSchemaAttribute>().Any())
                required.Add((JsonNode?)property.Name);
        }

        var result = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (required.Count > 0)
            result["required"] = required;
        FieldRules.CelRules(result, info.Type.GetCustomAttributes<CelRuleAttribute>());
        return result;
    }

    private static JsonObject? Scalar(Type type)
    {
        if (type.IsEnum)
            return new() { ["type"] = "string", ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(n => JsonValue.Create(n))]) };
        if (type == typeof(string))
            return new() { ["type"] = "string" };
        if (type == typeof(bool))
            return new() { ["type"] = "boolean" };
        if (type == typeof(int))
            return new() { ["type"] = "integer", ["format"] = "int32" };
        if (type == typeof(long))
            return new() { ["type"] = "integer", ["format"] = "int64" };
        if (type == typeof(double))
            return new() { ["type"] = "number", ["format"] = "double" };
        if (type == typeof(DateTimeOffset))
            return new() { ["type"] = "string", ["format"] = "date-time" };
        return type == typeof(JsonElement) ? new() { ["type"] = "object" } : null;
    }

    private string? Description(Type owner, JsonPropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        string? text = ClrName(property) is { } name ? docs.Property(owner, name) : null;
        text ??= AttributesOf(owner, property).OfType<DescriptionAttribute>().FirstOrDefault()?.Description;
        text ??= docs.Of(type);
        if (!type.IsEnum)
            return text;
        var values = Enum.GetNames(type).Select(n => docs.Value(type, n) is { } meaning ? $"{n}: {meaning}" : n);
        return string.Join('\n', [text ?? "", .. values]);
    }

    private static IReadOnlyList<Attribute> AttributesOf(Type owner, JsonPropertyInfo property) =>
        [.. (property.AttributeProvider?.GetCustomAttributes(true) ?? []).OfType<Attribute>(), .. ExternalFields.Of(owner, property.Name)];

    private static string? ClrName(JsonPropertyInfo property) => (property.AttributeProvider as MemberInfo)?.Name;

    private static JsonObject WithDescription(JsonObject schema, string? description)
    {
        if (description is not null)
            schema["description"] = description;
        return schema;
    }

    private static JsonSerializerOptions Json(IJsonTypeInfoResolver resolver) =>
        resolver is System.Text.Json.Serialization.JsonSerializerContext context ? context.Options : Options;

    // Schema keywords in reading order, everything below a "properties" as declared.
    private static JsonObject Sorted(JsonObject schema)
    {
        var result = new JsonObject();
        foreach (var (key, value) in schema.OrderBy(p => Array.IndexOf(Order, p.Key)).ToList())
        {
            result[key] = key switch
            {
                "properties" => new JsonObject(value!.AsObject().Select(p => KeyValuePair.Create(p.Key, (JsonNode?)Sorted(p.Value!.AsObject())))),
                "items" or "additionalProperties" => Sorted(value!.AsObject()),
                _ => value?.DeepClone(),
            };
        }

        return result;
    }
}
