// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>PATCH, by media type.</summary>
internal sealed class Patcher(Updater updater, Applier applier)
{
    public const string ApplyType = "application/apply-patch+yaml";
    private const string MergeType = "application/merge-patch+json";
    private const string JsonType = "application/json-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    public static string? Unsupported(ApiResource resource, string mediaType)
    {
        string[] known = resource.IsCustom ? [JsonType, MergeType, ApplyType] : [JsonType, MergeType, StrategicType, ApplyType];
        return known.Contains(mediaType) ? null : string.Join(", ", known);
    }

    public Answer Patch(Target target, string mediaType, JsonNode? patch, WriteOptions options)
    {
        if (mediaType == ApplyType)
            return patch is JsonObject config ? applier.Apply(target, config, options) : ApiError.BadRequest("error decoding YAML: not an object");
        if (options.Force)
            return ApiError.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Forbidden("force", "may not be specified for non-apply patch")]);
        return updater.Change(target, live => Change(target.Resource, mediaType, live, patch), options);
    }

    private static (JsonObject?, ApiError?) Change(ApiResource resource, string mediaType, JsonObject live, JsonNode? patch)
    {
        switch (mediaType)
        {
            case JsonType when patch is JsonArray operations:
                return JsonPatch.Apply(live, operations) is { } patched
                    ? (patched, null)
                    : (null, new ApiError(422, "Invalid", "the server rejected our request due to an error in our request") { Details = [] });
            case MergeType when patch is JsonObject:
                return (MergePatch.Apply(live, patch) as JsonObject, null);
            case StrategicType when patch is JsonObject:
                return (StrategicMergePatch.Apply(live, patch, resource.Shape) as JsonObject, null);
            default:
                return (null, ApiError.BadRequest("the patch has the wrong shape for its media type"));
        }
    }
}
