// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>Server-side apply.</summary>
internal sealed class Applier(WritePipeline pipeline)
{
    public Answer Apply(Target target, JsonObject config, WriteOptions options)
    {
        if (Check(target, config, options) is { } problem)
            return problem;
        ApiResource resource = target.Resource;
        if (config.Text("metadata", "name") is null)
            config.Metadata()["name"] = target.Name;
        if (resource.HasStatus && !target.IsStatus)
            config.Remove("status");
        FieldTree sent = FieldTrees.Of(config, resource.Shape);
        sent.IsMember = false;
        FieldTrees.DropSystemFields(sent);
        if (target.IsStatus)
            sent = Only(sent, "f:status");
        var writer = new ManagerEntry(options.Manager, "Apply", resource.GroupVersion, target.Subresource, pipeline.Time.Now(), sent);
        lock (pipeline.Store.Gate)
        {
            if (pipeline.Store.Find(resource.Storage, target.Namespace, target.Name) is { } live)
                return Merge(target, live, config, writer, options);
            if (target.Subresource.Length > 0)
                return ApiError.NotFound(resource, target.Name);
            if (config.Text("metadata", "uid") is { Length: > 0 } uid)
                return ApiError.Conflict(resource, target.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
            return pipeline.Create(target, config, options, new ApplyOwnership(writer, sent));
        }
    }

    private static ApiError? Check(Target target, JsonObject config, WriteOptions options)
    {
        if (!options.HasManager)
            return ApiError.Invalid("meta.k8s.io", "PatchOptions", "", [FieldError.Required("fieldManager", "is required for apply patch")]);
        if (Bodies.CheckKind(target.Resource, config) is { } wrong)
            return wrong;
        if (config.Items("metadata", "managedFields").Any())
            return ApiError.BadRequest("metadata.managedFields must be nil");
        return Bodies.CheckName(config, target.Name);
    }

    private Answer Merge(Target target, StoredObject live, JsonObject config, ManagerEntry writer, WriteOptions options)
    {
        IMergeShape shape = target.Resource.Shape;
        JsonObject before = target.Resource.Show(live);
        ManagedFields managers = ManagedFields.Of(before);
        IReadOnlyList<ManagerEntry> others = [.. managers.Entries.Where(entry => !entry.IsSameManager(writer))];
        var merged = (JsonObject)Merger.Merge(before, config, shape)!;
        if (managers.Entries.FirstOrDefault(entry => entry.IsSameManager(writer)) is { } mine)
        {
            FieldTree left = others.Aggregate(mine.Fields.Except(writer.Fields), (tree, other) => tree.Except(other.Fields));
            Merger.Remove(merged, left, shape);
        }

        FieldTree changed = FieldTrees.Changed(before, merged, shape);
        if (!options.Force && Conflicts(changed, others) is { } conflict)
            return conflict;
        return pipeline.Update(target, live, merged, options, new ApplyOwnership(writer, writer.Fields));
    }

    private static ApiError? Conflicts(FieldTree changed, IReadOnlyList<ManagerEntry> others)
    {
        var causes = new List<FieldError>();
        foreach (ManagerEntry other in others.OrderBy(entry => entry.Manager, StringComparer.Ordinal))
        {
            string who = other.Operation == "Apply" ? $"conflict with \"{other.Manager}\"" : $"conflict with \"{other.Manager}\" using {other.ApiVersion}";
            causes.AddRange(other.Fields.Intersect(changed).Members().Select(path => new FieldError("FieldManagerConflict", Steps.Display(path), who)));
        }

        if (causes.Count == 0)
            return null;
        string list = causes.Count == 1
            ? $"{causes[0].Message}: {causes[0].Field}"
            : string.Join('\n', causes.GroupBy(cause => cause.Message).Select(group => $"{group.Key}:\n{string.Join('\n', group.Select(cause => $"- {cause.Field}"))}"));
        return new ApiError(409, "Conflict", $"Apply failed with {causes.Count} conflict{(causes.Count == 1 ? "" : "s")}: {list}")
        {
            Details = new JsonObject { ["causes"] = Json.Array(causes.Select(cause => (JsonNode?)cause.ToJson())) },
        };
    }

    private static FieldTree Only(FieldTree tree, string step)
    {
        var result = new FieldTree();
        if (tree.Child(step) is { } branch)
            result.Graft(step, branch);
        return result;
    }
}
