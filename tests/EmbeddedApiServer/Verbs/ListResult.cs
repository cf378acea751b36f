// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>One page of a list.</summary>
internal sealed record ListResult(IReadOnlyList<StoredObject> Items, long Revision, string Continue, long? Remaining)
{
    public JsonObject Metadata(bool alwaysContinue)
    {
        var metadata = new JsonObject { ["resourceVersion"] = Revision.ToString(CultureInfo.InvariantCulture) };
        if (alwaysContinue || Continue.Length > 0)
            metadata["continue"] = Continue;
        if (Remaining is { } left)
            metadata["remainingItemCount"] = left;
        return metadata;
    }
}
