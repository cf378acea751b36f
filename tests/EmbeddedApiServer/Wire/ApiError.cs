// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire;

/// <summary>A refusal: what becomes a <c>Status</c> object on the wire.</summary>
internal sealed record ApiError(int Code, string Reason, string Message)
{
    public JsonObject? Details { get; init; }

    /// <summary>Seconds for the Retry-After header.</summary>
    public int? RetryAfter { get; init; }

    public JsonObject ToJson()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Reason.Length > 0)
            status["reason"] = Reason;
        if (Details is not null)
            status["details"] = Details.DeepClone();
        status["code"] = Code;
        return status;
    }

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiError Forbidden(string message, JsonObject details) => new(403, "Forbidden", message) { Details = details };

    public static ApiError NotFound(ApiResource resource, string name) =>
        new(404, "NotFound", $"{resource.QualifiedPlural} \"{name}\" not found") { Details = Target(resource.Group, resource.Plural, name) };

    public static ApiError MethodNotAllowed() => new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource") { Details = [] };

    public static ApiError AlreadyExists(ApiResource resource, string name) =>
        new(409, "AlreadyExists", $"{resource.QualifiedPlural} \"{name}\" already exists") { Details = Target(resource.Group, resource.Plural, name) };

    public static ApiError Conflict(ApiResource resource, string name, string why) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {resource.QualifiedPlural} \"{name}\": {why}") { Details = Target(resource.Group, resource.Plural, name) };

    public static ApiError Modified(ApiResource resource, string name) =>
        Conflict(resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError Expired(string message) => new(410, "Expired", message);

    /// <summary>A version that this server has not reached yet.</summary>
    public static ApiError TooLargeVersion(long wanted, long current) =>
        new(504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {current}")
        {
            RetryAfter = 1,
            Details = new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }),
                ["retryAfterSeconds"] = 1,
            },
        };

    public static ApiError TooLarge(long limit) => new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiError UnsupportedMediaType(string accepted) =>
        new(415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {accepted}");

    public static ApiError Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        string qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        string list = errors.Count == 1 ? errors[0].ToString() : $"[{string.Join(", ", errors)}]";
        JsonObject details = Target(group, kind, name);
        details["causes"] = Json.Array(errors.Select(error => (JsonNode?)error.ToJson()));
        return new(422, "Invalid", $"{qualified} \"{name}\" is invalid: {list}") { Details = details };
    }

    public static ApiError Invalid(ApiResource resource, string name, IReadOnlyList<FieldError> errors) =>
        Invalid(resource.ErrorGroup, resource.Kind, name, errors);

    public static ApiError Internal(string message) => new(500, "InternalError", $"Internal error occurred: {message}");

    public static JsonObject Target(string group, string kind, string name)
    {
        var details = new JsonObject();
        if (name.Length > 0)
            details["name"] = name;
        if (group.Length > 0)
            details["group"] = group;
        details["kind"] = kind;
        return details;
    }
}
