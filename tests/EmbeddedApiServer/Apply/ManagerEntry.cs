// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>One entry of <c>metadata.managedFields</c>.</summary>
internal sealed record ManagerEntry(string Manager, string Operation, string ApiVersion, string Subresource, string Time, FieldTree Fields)
{
    public bool IsSameManager(ManagerEntry other) =>
        Manager == other.Manager && Operation == other.Operation && ApiVersion == other.ApiVersion && Subresource == other.Subresource;

    public JsonObject ToJson()
    {
        var entry = new JsonObject
        {
            ["apiVersion"] = ApiVersion,
            ["fieldsType"] = "FieldsV1",
            ["fieldsV1"] = Fields.ToFieldsV1(),
            ["manager"] = Manager,
            ["operation"] = Operation,
        };
        if (Subresource.Length > 0)
            entry["subresource"] = Subresource;
        entry["time"] = Time;
        return entry;
    }

    /// <summary>Null for an entry that makes no sense; the server drops such entries.</summary>
    public static ManagerEntry? Read(JsonNode? node) =>
        node.Text("operation") is { } operation and ("Apply" or "Update") && node.Text("apiVersion") is { } version
            ? new(node.Text("manager") ?? "", operation, version, node.Text("subresource") ?? "", node.Text("time") ?? "",
                FieldTree.FromFieldsV1(node.Map("fieldsV1") ?? []))
            : null;
}
