// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>Checks of a request's body against the endpoint it was sent to.</summary>
internal static class Bodies
{
    public static ApiError? CheckKind(ApiResource resource, JsonObject body)
    {
        string version = body.Text("apiVersion") ?? "";
        string kind = body.Text("kind") ?? "";
        if (!resource.IsCustom && version.Length == 0 && kind.Length == 0)
        {
            body["apiVersion"] = resource.GroupVersion;
            body["kind"] = resource.Kind;
            return null;
        }

        if (kind.Length == 0)
            return ApiError.BadRequest($"the object provided is unrecognized (must be of type {resource.Kind}): Object 'Kind' is missing in '{Clip(body)}'");
        if (kind != resource.Kind)
            return ApiError.BadRequest($"{kind} in version \"{version}\" cannot be handled as a {resource.Kind}: no kind \"{kind}\" is registered for this resource");
        if (version != resource.GroupVersion)
            return ApiError.BadRequest($"the API version in the data ({version}) does not match the expected API version ({resource.GroupVersion})");
        if (body["metadata"] is not (null or JsonObject))
            return ApiError.BadRequest($"{kind} in version \"{version}\" cannot be handled as a {kind}: metadata must be an object");
        return body.Map("metadata")?.FirstOrDefault(pair => pair.Key is "name" or "namespace" or "generateName" or "uid" or "resourceVersion" && pair.Value is not null && pair.Value.Text() is null).Key is { } bad
            ? ApiError.BadRequest($"{kind} in version \"{version}\" cannot be handled as a {kind}: metadata.{bad} must be a string")
            : null;
    }

    public static ApiError? CheckName(JsonObject body, string name) =>
        body.Text("metadata", "name") is { Length: > 0 } said && said != name
            ? ApiError.BadRequest($"the name of the object ({said}) does not match the name on the URL ({name})")
            : null;

    private static string Clip(JsonObject body)
    {
        string text = Json.Compact(body);
        return text.Length <= 200 ? text : text[..200];
    }
}
