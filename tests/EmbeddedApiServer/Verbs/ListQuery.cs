// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>The query parameters of a list or watch, checked.</summary>
internal sealed record ListQuery
{
    public required LabelSelector Labels { get; init; }

    public required FieldSelector Fields { get; init; }

    public long Limit { get; init; }

    public ContinueToken? Continue { get; init; }

    /// <summary>Empty when not given.</summary>
    public string Version { get; init; } = "";

    public string VersionMatch { get; init; } = "";

    public bool Watch { get; init; }

    public bool Bookmarks { get; init; }

    public bool SendInitialEvents { get; init; }

    public TimeSpan Timeout { get; init; }

    public bool HasSelector => !Labels.IsEmpty || !Fields.IsEmpty;

    public bool Matches(StoredObject item) => Fields.Matches(item) && Labels.Matches(item.Labels);

    public static (ListQuery? Query, ApiError? Problem) Parse(ApiResource resource, Func<string, string?> parameter)
    {
        (LabelSelector? labels, ApiError? problem) = LabelSelector.Parse(parameter("labelSelector"));
        if (labels is null)
            return (null, problem);
        (FieldSelector? fields, problem) = FieldSelector.Parse(parameter("fieldSelector"), resource);
        if (fields is null)
            return (null, problem);
        ContinueToken? token = null;
        if (parameter("continue") is { Length: > 0 } text)
        {
            if (!string.IsNullOrEmpty(parameter("resourceVersion")) && parameter("resourceVersion") != "0")
                return (null, ApiError.BadRequest("specifying resource version is not allowed when using continue"));
            token = ContinueToken.Read(text);
            if (token is null)
                return (null, ApiError.BadRequest("invalid continue token: continue key is not valid"));
        }

        var query = new ListQuery
        {
            Labels = labels,
            Fields = fields,
            Limit = Number(parameter("limit")),
            Continue = token,
            Version = parameter("resourceVersion") ?? "",
            VersionMatch = parameter("resourceVersionMatch") ?? "",
            Watch = IsTrue(parameter("watch")),
            Bookmarks = IsTrue(parameter("allowWatchBookmarks")),
            SendInitialEvents = IsTrue(parameter("sendInitialEvents")),
            Timeout = TimeSpan.FromSeconds(Math.Clamp(Number(parameter("timeoutSeconds")), 0, 3600)),
        };
        return CheckMatch(query) is { } invalid ? (null, invalid) : (query, null);
    }

    /// <summary>The answer of a server that has the parameter and not the feature.</summary>
    public static ApiError NoStreamingLists() =>
        ApiError.Invalid("meta.k8s.io", "ListOptions", "", [FieldError.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")]);

    private static ApiError? CheckMatch(ListQuery query)
    {
        string? why = null;
        if (query is { Watch: true, SendInitialEvents: true } && query.VersionMatch != "NotOlderThan")
            why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
        else if (query is { Watch: true, SendInitialEvents: false, VersionMatch.Length: > 0 })
            why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
        else if (query is { Watch: false, SendInitialEvents: true })
            why = "sendInitialEvents is forbidden for list";
        else if (query is { Watch: false, VersionMatch.Length: > 0, Version.Length: 0 })
            why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
        else if (query is { Watch: false, VersionMatch: "Exact", Version: "0" })
            why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
        return why is null ? null : ApiError.Invalid("meta.k8s.io", "ListOptions", "", [FieldError.Forbidden("resourceVersionMatch", why)]);
    }

    private static bool IsTrue(string? text) => text is "true" or "1" or "True";

    private static long Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
