// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>Objects and lists in the form that was asked for: as they are, as a table, or metadata only.</summary>
internal sealed class Presenter(TableBuilder tables)
{
    public JsonObject One(ApiResource resource, JsonObject item, AcceptForm form, string includeObject)
    {
        if (form.IsTable)
        {
            var metadata = new JsonObject { ["resourceVersion"] = item.Text("metadata", "resourceVersion") };
            return tables.Build(resource, [item], metadata, includeObject);
        }

        return form.IsMetadata ? PartialMetadata.Of(item) : item;
    }

    /// <summary>True when the stored bytes are the answer.</summary>
    public static bool IsPlain(ApiResource resource, StoredObject item, AcceptForm form) => form.IsPlain && resource.ShowsStored(item);

    public JsonObject Many(ApiResource resource, ListResult list, AcceptForm form, string includeObject)
    {
        IEnumerable<JsonObject> items = list.Items.Select(resource.Show);
        if (form.IsTable)
            return tables.Build(resource, items, list.Metadata(alwaysContinue: false), includeObject);
        if (form.IsMetadata)
        {
            return new JsonObject
            {
                ["kind"] = "PartialObjectMetadataList",
                ["apiVersion"] = "meta.k8s.io/v1",
                ["metadata"] = list.Metadata(alwaysContinue: false),
                ["items"] = Json.Array(items.Select(item => (JsonNode?)PartialMetadata.Of(item))),
            };
        }

        return new JsonObject
        {
            ["kind"] = resource.ListKind,
            ["apiVersion"] = resource.GroupVersion,
            ["metadata"] = list.Metadata(alwaysContinue: resource.IsCustom),
            ["items"] = Json.Array(items.Select(item => (JsonNode?)(resource.IsCustom ? item : WithoutType(item)))),
        };
    }

    /// <param name="isFirst">Only the first table of a watch carries the column definitions.</param>
    public JsonObject Frame(ApiResource resource, WatchFrame frame, AcceptForm form, string includeObject, bool isFirst)
    {
        JsonObject body = frame.Item is null ? frame.Other! : resource.Show(frame.Item);
        if (frame.Type != "ERROR" && form.IsTable)
        {
            var metadata = new JsonObject { ["resourceVersion"] = body.Text("metadata", "resourceVersion") };
            body = tables.Build(resource, [body], metadata, includeObject, isFirst);
        }
        else if (frame.Type != "ERROR" && form.IsMetadata)
        {
            body = PartialMetadata.Of(body);
        }

        return new JsonObject { ["type"] = frame.Type, ["object"] = body };
    }

    /// <summary>Items of a built-in list do not repeat what the list already says.</summary>
    private static JsonObject WithoutType(JsonObject item)
    {
        item.Remove("kind");
        item.Remove("apiVersion");
        return item;
    }
}
