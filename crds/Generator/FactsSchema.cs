// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Crds.Generator;

/// <summary>
/// The JSON schema (2020-12) of facts, made from the serializer's own metadata and the records' documentation. Records stand once, under
/// <c>$defs</c>. Properties that are not in it are allowed: later minor versions add some.
/// </summary>
public sealed class FactsSchema
{
    private const string Definitions = "#/$defs/";

    private static readonly JsonSerializerOptions Printed = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    // The exporter follows a polymorphic type into itself without end: its properties of its own type are taken out, and put in by hand.
    private static readonly JsonSerializerOptions Options = new(FactsJsonContext.Default.Options)
    {
        TypeInfoResolver = FactsJsonContext.Default.WithAddedModifier(LeaveOutRecursion),
    };

    /// <summary>What converters of these types write.</summary>
    private static readonly Dictionary<Type, string?> Texts = new()
    {
        [typeof(IpAddr)] = null,
        [typeof(IpPrefix)] = null,
        [typeof(HexBytes)] = "^([0-9a-f]{2})*$",
    };

    private readonly XmlDocs _docs = XmlDocs.Beside(typeof(NodeFacts).Assembly);
    private readonly SortedDictionary<string, Type> _found = new(StringComparer.Ordinal);

    private FactsSchema()
    {
    }

    /// <summary>The text of the published file.</summary>
    public static string Render()
    {
        var schema = new FactsSchema();
        var root = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Facts of a node (" + NodeFacts.CurrentVersion + ")",
        };
        foreach (var (name, value) in schema.Export(typeof(NodeFacts)).ToList()) root[name] = value?.DeepClone();
        root["$defs"] = schema.ExportFound();
        return root.ToJsonString(Printed) + "\n";
    }

    /// <summary>Writes the file.</summary>
    public static int Write(string path, TextWriter output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, Render());
        output.WriteLine($"wrote {path}");
        return 0;
    }

    /// <summary>Compares the file with what would be written; returns 1 when it differs.</summary>
    public static int Check(string path, TextWriter output)
    {
        if (File.Exists(path) && File.ReadAllText(path) == Render()) return 0;
        output.WriteLine($"{path} differs from the records; write it again");
        return 1;
    }

    private JsonObject ExportFound()
    {
        var done = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        while (_found.FirstOrDefault(entry => !done.ContainsKey(entry.Key)) is { Key: { } name, Value: { } type }) done[name] = Export(type);
        return new JsonObject(done.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value)));
    }

    private JsonObject Export(Type type) => Options.GetJsonSchemaAsNode(
        type, new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe }).AsObject();

    private JsonObject Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var schema = node as JsonObject ?? [];
        if (Texts.TryGetValue(type, out var pattern))
        {
            schema = new JsonObject { ["type"] = "string" };
            if (pattern is not null) schema["pattern"] = pattern;
        }
        else if (context.Path.Length > 0 && context.BaseTypeInfo is null && IsRecord(context, type))
        {
            _found[type.Name] = type;
            schema = new JsonObject { ["$ref"] = Definitions + type.Name };
        }

        else if (schema.ContainsKey("$ref"))
        {
            // The exporter points to where it met a type first, which moves with every property: written out again instead.
            schema = Export(context.TypeInfo.Type);
            schema.Remove("description");
        }

        if (NestedProperty(type) is { } nested && schema["properties"] is JsonObject properties) properties[nested] = Nested(type);
        RemoveNull(schema);
        var text = context.PropertyInfo is { } property ? Description(property) : null;
        if ((text ?? (schema.ContainsKey("$ref") ? null : _docs.Of(Definition(type)))) is { } description) schema.Insert(0, "description", description);
        return schema;
    }

    /// <summary>The property by which an expression holds others; null when it holds none.</summary>
    private static string? NestedProperty(Type type) =>
        type == typeof(DynamicSet) ? "expressions" : type == typeof(InnerExpression) ? "inner" : null;

    private static void LeaveOutRecursion(JsonTypeInfo info)
    {
        if (NestedProperty(info.Type) is not { } nested) return;
        foreach (var property in info.Properties.Where(property => property.Name == nested).ToList()) info.Properties.Remove(property);
    }

    private static JsonObject Nested(Type type)
    {
        var expression = new JsonObject { ["$ref"] = Definitions + nameof(Expression) };
        return type == typeof(DynamicSet) ? new JsonObject { ["type"] = "array", ["items"] = expression } : expression;
    }

    private static bool IsRecord(JsonSchemaExporterContext context, Type type) =>
        type is { IsGenericType: false, IsEnum: false } && type.Assembly == typeof(NodeFacts).Assembly
        && (context.TypeInfo.Kind == JsonTypeInfoKind.Object || Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null);

    /// <summary>Facts have no nulls: what is absent is left out.</summary>
    private static void RemoveNull(JsonObject schema)
    {
        if (schema["type"] is JsonArray types)
        {
            var kept = types.Select(t => t!.GetValue<string>()).Where(t => t != "null").ToList();
            schema["type"] = kept.Count == 1 ? kept[0] : new JsonArray([.. kept.Select(t => JsonValue.Create(t))]);
        }

        if (schema["enum"] is JsonArray values) schema["enum"] = new JsonArray([.. values.Where(v => v is not null).Select(v => v!.DeepClone())]);
        if (schema.TryGetPropertyValue("default", out var value) && value is null) schema.Remove("default");
    }

    private string? Description(JsonPropertyInfo property)
    {
        if (property.AttributeProvider is not MemberInfo { DeclaringType: { } declared, Name: var name }) return null;
        return _docs.Property(Definition(declared), name) ?? _docs.Parameter(Definition(declared), name);
    }

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;
}
