// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Storage;

/// <summary>One version of one object. The body is frozen: readers on any thread share it; who wants to change it thaws a copy.</summary>
internal sealed class StoredObject
{
    public StoredObject(JsonObject body, long revision)
    {
        byte[] bytes = Json.Bytes(body);
        Body = Json.ParseElement(bytes);
        Size = bytes.Length;
        Revision = revision;
        Name = body.Text("metadata", "name") ?? "";
        Namespace = body.Text("metadata", "namespace") ?? "";
        Uid = body.Text("metadata", "uid") ?? "";
        OwnerUids = [.. body.Items("metadata", "ownerReferences").Select(owner => owner.Text("uid") ?? "")];
    }

    public JsonElement Body { get; }

    public long Revision { get; }

    /// <summary>Length as JSON, in bytes.</summary>
    public int Size { get; }

    public string Name { get; }

    public string Namespace { get; }

    public string Uid { get; }

    public IReadOnlyList<string> OwnerUids { get; }

    public bool IsTerminating => Body.At("metadata", "deletionTimestamp") is not null;

    public string Key => KeyOf(Namespace, Name);

    public JsonObject Thaw() => Json.Thaw(Body);

    public IEnumerable<(string Key, string Value)> Labels
    {
        get
        {
            if (Body.At("metadata", "labels") is not { ValueKind: JsonValueKind.Object } labels)
                yield break;
            foreach (JsonProperty label in labels.EnumerateObject())
                yield return (label.Name, label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString()! : "");
        }
    }

    public static string KeyOf(string @namespace, string name) => $"{@namespace}/{name}";
}
