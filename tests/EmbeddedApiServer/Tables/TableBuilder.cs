// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Tables;

/// <summary>The answer to <c>as=Table</c>: what kubectl prints.</summary>
internal sealed class TableBuilder(TimeProvider time)
{
    /// <param name="includeObject">None, Metadata (default) or Object.</param>
    public JsonObject Build(ApiResource resource, IEnumerable<JsonObject> items, JsonObject metadata, string includeObject, bool withColumns = true)
    {
        IReadOnlyList<PrinterColumn> columns = resource.Columns.Count == 0 ? [PrinterColumn.NameColumn, PrinterColumn.Age] : resource.Columns;
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = "meta.k8s.io/v1",
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? Json.Array(columns.Select(column => (JsonNode?)column.ToJson())) : null,
            ["rows"] = Json.Array(items.Select(item => (JsonNode?)Row(columns, item, includeObject))),
        };
    }

    private JsonObject Row(IReadOnlyList<PrinterColumn> columns, JsonObject item, string includeObject)
    {
        var row = new JsonObject { ["cells"] = Json.Array(columns.Select(column => column.Cell(item, time))) };
        if (includeObject != "None")
            row["object"] = includeObject == "Object" ? item.DeepClone() : PartialMetadata.Of(item);
        return row;
    }
}
