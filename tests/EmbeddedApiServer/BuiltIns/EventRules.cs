// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>Events: kept in the form of events.k8s.io/v1 and shown in both groups; only the series may change.</summary>
internal sealed class EventRules(bool isCore) : ResourceRules
{
    private const int MaxNote = 1024;
    private const int MaxWord = 128;

    /// <summary>Names of the same field: core/v1, then events.k8s.io/v1.</summary>
    private static readonly (string Core, string Events)[] Renamed =
    [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"), ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"), ("reportingComponent", "reportingController"),
    ];

    public override string? NameProblem(string name) => Names.PathSegmentProblem(name);

    public override string StoredPath(string path)
    {
        string first = path.Split('.')[0];
        return isCore && Array.Find(Renamed, pair => pair.Core == first) is { Events: { } stored } ? stored + path[first.Length..] : path;
    }

    public override JsonObject ToStored(JsonObject body) => isCore ? Rename(body, pair => (pair.Core, pair.Events), "events.k8s.io/v1") : body;

    public override bool IsStoredForm => false;

    public override JsonObject FromStored(ApiResource resource, JsonObject body) => isCore ? Rename(body, pair => (pair.Events, pair.Core), "v1") : WithDeprecated(body);

    /// <summary>The server names the fields of its internal type, which are those of core/v1.</summary>
    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        JsonObject core = isCore ? body : Rename(body.Copy(), pair => (pair.Events, pair.Core), "v1");
        if (old is null)
            return [.. Lengths(core), .. isCore ? [] : Required(core)];
        JsonObject before = isCore ? old : Rename(old.Copy(), pair => (pair.Events, pair.Core), "v1");
        if (isCore && core.Text("eventTime") is null)
            return [.. Lengths(core)]; // the old kind of event may change its count and times
        return [.. ((string[])["message", "reason", "type", "action", "reportingComponent", "reportingInstance", "involvedObject", "eventTime"])
            .Where(field => !Json.Same(core[field], before[field])).Select(field => FieldError.Invalid(field, core[field]?.DeepClone(), "field is immutable"))];
    }

    private static IEnumerable<FieldError> Lengths(JsonObject core)
    {
        if (Encoding.UTF8.GetByteCount(core.Text("message") ?? "") > MaxNote)
            yield return FieldError.Invalid("message", "", $"can have at most {MaxNote} characters");
        foreach (string field in (string[])["reason", "action", "reportingInstance"])
        {
            if (core.Text(field)?.Length > MaxWord)
                yield return FieldError.Invalid(field, "", $"can have at most {MaxWord} characters");
        }
    }

    private static IEnumerable<FieldError> Required(JsonObject core)
    {
        foreach (string field in (string[])["eventTime", "reportingComponent", "reportingInstance", "action", "reason"])
        {
            if (string.IsNullOrEmpty(core.Text(field)))
                yield return FieldError.Required(field == "reportingComponent" ? "reportingController" : field);
        }

        if (core.Text("type") is not ("Normal" or "Warning"))
            yield return FieldError.Invalid("type", core.Text("type") ?? "", "has invalid value");
    }

    /// <summary>The old fields are always shown, even when nobody set them.</summary>
    private static JsonObject WithDeprecated(JsonObject body)
    {
        body.Default("deprecatedSource", new JsonObject());
        body.TryAdd("deprecatedFirstTimestamp", null);
        body.TryAdd("deprecatedLastTimestamp", null);
        return body;
    }

    private static JsonObject Rename(JsonObject body, Func<(string Core, string Events), (string From, string To)> direction, string apiVersion)
    {
        foreach ((string core, string events) in Renamed)
        {
            (string from, string to) = direction((core, events));
            if (!body.TryGetPropertyValue(from, out JsonNode? value))
                continue;
            body.Remove(from);
            body[to] = value;
        }

        body["apiVersion"] = apiVersion;
        return body;
    }
}
