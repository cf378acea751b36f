// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Watching;

/// <summary>One event of a watch: type and object. The object is an item, a bookmark or a Status.</summary>
internal sealed record WatchFrame(string Type, StoredObject? Item, JsonObject? Other)
{
    public static WatchFrame Of(string type, StoredObject item) => new(type, item, null);

    public static WatchFrame Bookmark(ApiResource resource, long revision, bool endsInitialEvents)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (endsInitialEvents)
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        return new("BOOKMARK", null, new JsonObject { ["kind"] = resource.Kind, ["apiVersion"] = resource.GroupVersion, ["metadata"] = metadata });
    }

    public static WatchFrame Failure(ApiError error) => new("ERROR", null, error.ToJson());
}
