// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>The parts of metadata that only the server writes.</summary>
internal static class SystemFields
{
    private static readonly string[] Carried =
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "generateName"];

    private static readonly string[] Dropped =
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "managedFields", "selfLink"];

    private const string SuffixLetters = "bcdfghjklmnpqrstvwxz2456789";

    public static void ForCreate(ApiResource resource, JsonObject body, TimeProvider time)
    {
        JsonObject metadata = body.Metadata();
        foreach (string field in Dropped)
            metadata.Remove(field);
        if (string.IsNullOrEmpty(metadata.Text("name")) && metadata.Text("generateName") is { Length: > 0 } prefix)
            metadata["name"] = prefix + System.Security.Cryptography.RandomNumberGenerator.GetString(SuffixLetters, 5);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = time.Now();
        if (resource.HasGeneration)
            metadata["generation"] = 1;
        DropEmpty(metadata);
    }

    /// <summary>What may be updated through this endpoint, with everything else as it was.</summary>
    public static JsonObject ForUpdate(Target target, JsonObject body, JsonObject before)
    {
        if (target.IsStatus)
        {
            JsonObject result = before.Copy();
            if (body["status"] is { } status)
                result["status"] = status.DeepClone();
            else
                result.Remove("status");
            return result;
        }

        JsonObject metadata = body.Metadata();
        JsonObject old = before.Metadata();
        foreach (string field in Carried)
        {
            metadata.Remove(field);
            if (old[field] is { } value)
                metadata[field] = value.DeepClone();
        }

        metadata["name"] = old.Text("name");
        if (old.Text("namespace") is { } @namespace)
            metadata["namespace"] = @namespace;
        if (target.Resource.HasStatus)
        {
            body.Remove("status");
            if (before["status"] is { } status)
                body["status"] = status.DeepClone();
        }

        DropEmpty(metadata);
        return body;
    }

    public static ApiError? CheckPreconditions(ApiResource resource, StoredObject old, JsonObject body)
    {
        if (body.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != old.Revision.ToString(CultureInfo.InvariantCulture))
            return ApiError.Modified(resource, old.Name);
        if (body.Text("metadata", "uid") is { Length: > 0 } uid && uid != old.Uid)
            return ApiError.Conflict(resource, old.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
        return null;
    }

    /// <summary>The generation counts changes of what is wanted: everything but metadata and, with a subresource, status.</summary>
    public static void BumpGeneration(ApiResource resource, JsonObject body, JsonObject before)
    {
        if (!resource.HasGeneration)
            return;
        bool changed = body.Select(pair => pair.Key).Union(before.Select(pair => pair.Key))
            .Where(name => name != "metadata" && !(name == "status" && resource.HasStatus))
            .Any(name => !Json.Same(body[name], before[name]));
        if (changed)
            body.Metadata()["generation"] = (before.Number("metadata", "generation") ?? 0) + 1;
    }

    public static bool AreSame(JsonObject before, JsonObject after)
    {
        return SameFields(before, after, name => name != "metadata")
            && SameFields(before.Metadata(), after.Metadata(), name => name != "managedFields");
    }

    private static bool SameFields(JsonObject left, JsonObject right, Func<string, bool> counts)
    {
        string[] names = [.. left.Select(pair => pair.Key).Where(counts)];
        return names.Length == right.Count(pair => counts(pair.Key)) && names.All(name => right.TryGetPropertyValue(name, out JsonNode? value) && Json.Same(left[name], value));
    }

    /// <summary>True when an object that is being deleted has nothing left to wait for.</summary>
    public static bool IsFinished(JsonObject body) =>
        body.Text("metadata", "deletionTimestamp") is not null && body.Number("metadata", "deletionGracePeriodSeconds") is null or 0
            && !body.Items("metadata", "finalizers").Any() && body.Text("metadata", "deletionTimestamp") is not null && !HoldsContent(body);

    /// <summary>A namespace stays until its content is gone; the namespace controller removes it.</summary>
    private static bool HoldsContent(JsonObject body) => body.Text("kind") == "Namespace" && body.Strings("spec", "finalizers").Any();

    private static void DropEmpty(JsonObject metadata)
    {
        foreach (string field in (string[])["labels", "annotations", "finalizers", "ownerReferences"])
        {
            if (metadata.ContainsKey(field) && metadata[field] is null or JsonObject { Count: 0 } or JsonArray { Count: 0 })
                metadata.Remove(field);
        }
    }
}
