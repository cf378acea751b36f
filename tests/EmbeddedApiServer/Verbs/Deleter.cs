// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>DELETE: at once, or by marking when finalizers, dependants or a running process must go first.</summary>
internal sealed class Deleter(WritePipeline pipeline, IGracefulKinds graceful)
{
    public Answer Delete(Target target, DeleteOptions options, UserInfo user)
    {
        lock (pipeline.Store.Gate)
        {
            ApiResource resource = target.Resource;
            if (pipeline.Store.Find(resource.Storage, target.Namespace, target.Name) is not { } item)
                return ApiError.NotFound(resource, target.Name);
            if (Preconditions(resource, item, options) is { } conflict)
                return conflict;
            JsonObject before = resource.Show(item);
            if (pipeline.Admit(new AdmissionRequest(target, "DELETE", null, before, user)) is { } denied)
                return denied;
            return Proceed(resource, item, options);
        }
    }

    private Answer Proceed(ApiResource resource, StoredObject item, DeleteOptions options)
    {
        JsonObject body = item.Thaw().Copy();
        JsonObject metadata = body.Metadata();
        AddPropagationFinalizer(resource, metadata, options.Propagation);
        long grace = graceful.GraceSeconds(resource, item, options.GraceSeconds);
        bool waits = metadata.Items("finalizers").Any() || grace > 0 || resource.Plural == "namespaces" && resource.Group.Length == 0;
        if (!waits)
        {
            if (!options.DryRun)
                pipeline.Remove(resource, item);
            JsonObject details = ApiError.Target(resource.Group, resource.Plural, item.Name);
            details["uid"] = item.Uid;
            return Answer.Ok(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details });
        }

        bool isMarked = metadata.Text("deletionTimestamp") is not null;
        if (isMarked && metadata.Number("deletionGracePeriodSeconds") <= grace)
            return Answer.Ok(resource.Show(item));
        metadata["deletionTimestamp"] = Times.Seconds(pipeline.Time.GetUtcNow().AddSeconds(grace));
        metadata["deletionGracePeriodSeconds"] = grace;
        if (!isMarked && resource.HasGeneration)
            metadata["generation"] = (metadata.Number("generation") ?? 0) + 1;
        if (resource.Plural == "namespaces")
            body.Ensure("status")["phase"] = "Terminating";
        if (options.DryRun)
            return Answer.Ok(resource.Rules.FromStored(resource, body));
        return Answer.Ok(resource.Show(pipeline.Store.Put(resource.Storage, body)));
    }

    private static void AddPropagationFinalizer(ApiResource resource, JsonObject metadata, string propagation)
    {
        string? finalizer = propagation switch
        {
            "Foreground" => GarbageCollector.ForegroundFinalizer,
            "Orphan" => GarbageCollector.OrphanFinalizer,
            _ => null,
        };
        if (finalizer is null || resource.Plural == "namespaces" || metadata.Strings("finalizers").Contains(finalizer))
            return;
        metadata["finalizers"] = Json.Array([.. metadata.Strings("finalizers"), finalizer]);
    }

    private static ApiError? Preconditions(ApiResource resource, StoredObject item, DeleteOptions options)
    {
        string? why = null;
        if (options.Uid is { } uid && uid != item.Uid)
            why = $"the UID in the precondition ({uid}) does not match the UID in record ({item.Uid}). The object might have been deleted and then recreated";
        else if (options.ResourceVersion is { } version && version != item.Revision.ToString(CultureInfo.InvariantCulture))
            why = $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({item.Revision}). The object might have been modified";
        if (why is null)
            return null;
        string qualified = resource.Group.Length == 0 ? resource.Kind : $"{resource.Kind}.{resource.Group}";
        return new ApiError(409, "Conflict", $"Operation cannot be fulfilled on {qualified} \"{item.Name}\": {why}")
        {
            Details = ApiError.Target(resource.Group, resource.Kind, item.Name),
        };
    }
}
