// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Tables;

/// <summary>A column of the table form. Priority 0 is always shown, higher ones only with <c>-o wide</c>.</summary>
internal sealed record PrinterColumn(string Name, string Type, int Priority, string Description, Func<JsonObject, TimeProvider, JsonNode?> Cell)
{
    public string Format { get; init; } = "";

    public static PrinterColumn NameColumn { get; } = new("Name", "string", 0, "Name must be unique within a namespace.", (item, _) => item.Text("metadata", "name")) { Format = "name" };

    public static PrinterColumn Age { get; } = new("Age", "string", 0, "Time since creation.", (item, time) => Ages.Since(item.Text("metadata", "creationTimestamp"), time) ?? "<unknown>");

    public static PrinterColumn Of(string name, string type, Func<JsonObject, JsonNode?> cell, int priority = 0) => new(name, type, priority, "", (item, _) => cell(item));

    /// <summary>A column of a CRD.</summary>
    public static PrinterColumn FromPath(JsonNode? column, JsonPath path)
    {
        string type = column.Text("type") ?? "string";
        return new(column.Text("name") ?? "", type, (int)(column.Number("priority") ?? 0),
            column.Text("description") ?? $"Custom resource definition column (in JSONPath format): {column.Text("jsonPath")}",
            (item, time) => Value(path.Find(item).ToArray(), type, time))
        {
            Format = column.Text("format") ?? "",
        };
    }

    public JsonObject ToJson() => new() { ["name"] = Name, ["type"] = Type, ["format"] = Format, ["description"] = Description, ["priority"] = Priority };

    private static JsonNode? Value(JsonNode?[] found, string type, TimeProvider time)
    {
        if (found.Length == 0)
            return null;
        if (type == "date")
            return Ages.Since(found[0].Text(), time) ?? "<unknown>";
        if (type == "string")
            return string.Join(',', found.Select(node => node.Text() ?? Json.Compact(node)));
        return found[0] is JsonValue ? found[0]!.DeepClone() : null;
    }
}
