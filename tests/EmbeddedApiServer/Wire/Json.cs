// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text.Encodings.Web;

namespace KubeWgDiag.EmbeddedApiServer.Wire;

/// <summary>Small helpers over <see cref="JsonNode"/>: objects are handled as trees, because their types are not known at build time.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Duplicate names are refused: which of the two counts would be a guess.</summary>
    private static readonly JsonDocumentOptions ReaderOptions = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static JsonElement ParseElement(ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8, ReaderOptions);
        return document.RootElement.Clone();
    }

    public static JsonObject Thaw(JsonElement element) => JsonObject.Create(element) ?? [];

    public static byte[] Bytes(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
            node.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An object with apiVersion and kind in front, and where the rest begins.</summary>
    public static (byte[] Bytes, int TypeEnd) TypeFirst(JsonObject map)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("apiVersion", map.Text("apiVersion"));
        writer.WriteString("kind", map.Text("kind"));
        writer.Flush();
        int typeEnd = buffer.WrittenCount + 1; // behind the comma
        foreach ((string name, JsonNode? value) in map)
        {
            if (name is "apiVersion" or "kind")
                continue;
            writer.WritePropertyName(name);
            if (value is null)
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return (buffer.WrittenSpan.ToArray(), typeEnd);
    }

    public static string Compact(JsonNode? node) => node is null ? "null" : Encoding.UTF8.GetString(Bytes(node));

    public static JsonArray Array(IEnumerable<string> items) => [.. items.Select(item => (JsonNode?)JsonValue.Create(item))];

    public static JsonArray Array(IEnumerable<JsonNode?> items) => [.. items];

    /// <summary>Follows property names; null when a step is absent or no object.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (string step in path)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(step, out node))
                return null;
        }

        return node;
    }

    public static JsonElement? At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string step in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
                return null;
        }

        return element;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) =>
        element.At(path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out long number) ? number
        : node.At(path) is JsonValue small && small.TryGetValue(out int whole) ? whole : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static JsonObject? Map(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    public static IEnumerable<JsonNode?> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) as JsonArray ?? Enumerable.Empty<JsonNode?>();

    public static IEnumerable<string> Strings(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.Items(path).Select(item => item.Text()).OfType<string>();

    /// <summary>The object under a name; made when absent.</summary>
    public static JsonObject Ensure(this JsonObject map, string name)
    {
        if (map[name] is JsonObject found)
            return found;
        var made = new JsonObject();
        map[name] = made;
        return made;
    }

    public static void Default(this JsonObject map, string name, JsonNode value)
    {
        if (map[name] is null)
            map[name] = value;
    }

    public static JsonObject Metadata(this JsonObject map) => map.Ensure("metadata");

    public static JsonObject Copy(this JsonObject map) => (JsonObject)map.DeepClone();

    public static bool Same(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);
}
