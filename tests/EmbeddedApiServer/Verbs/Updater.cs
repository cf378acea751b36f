// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>PUT and the patch types that change the live object.</summary>
internal sealed class Updater(WritePipeline pipeline)
{
    public Answer Replace(Target target, JsonObject body, WriteOptions options)
    {
        if (Bodies.CheckKind(target.Resource, body) is { } wrong)
            return wrong;
        if (Bodies.CheckName(body, target.Name) is { } other)
            return other;
        if (target.Resource.IsCustom && string.IsNullOrEmpty(body.Text("metadata", "resourceVersion")))
        {
            // The server names the plural here, not the kind.
            return ApiError.Invalid(target.Resource.Group, target.Resource.Plural, target.Name,
                [FieldError.Invalid("metadata.resourceVersion", 0, "must be specified for an update")]);
        }

        return Change(target, _ => (body, null), options);
    }

    /// <param name="change">Gets a copy of the live object; answers the wanted object or a refusal.</param>
    public Answer Change(Target target, Func<JsonObject, (JsonObject? Body, ApiError? Error)> change, WriteOptions options)
    {
        lock (pipeline.Store.Gate)
        {
            if (pipeline.Store.Find(target.Resource.Storage, target.Namespace, target.Name) is not { } old)
                return ApiError.NotFound(target.Resource, target.Name);
            JsonObject live = target.Resource.Show(old).Copy();
            (JsonObject? body, ApiError? error) = change(live);
            if (error is not null)
                return error;
            if (Bodies.CheckKind(target.Resource, body!) is { } wrong)
                return wrong;
            return pipeline.Update(target, old, body!, options, new UpdateOwnership(target, options, pipeline.Time));
        }
    }
}
