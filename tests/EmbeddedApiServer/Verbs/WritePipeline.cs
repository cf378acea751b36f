// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>
/// The steps every write takes, in the order of a real server: decode, prune, default, system fields, ownership, validation, admission,
/// store. Callers hold the store's gate.
/// </summary>
internal sealed class WritePipeline(ObjectStore store, TimeProvider time, IAdmission admission)
{
    private readonly List<ICommitListener> _listeners = [];

    public ObjectStore Store => store;

    public TimeProvider Time => time;

    public void Listen(ICommitListener listener) => _listeners.Add(listener);

    /// <param name="ownership">Writes the owners of the fields into the new object.</param>
    public Answer Create(Target target, JsonObject body, WriteOptions options, IOwnership ownership)
    {
        ApiResource resource = target.Resource;
        if (CheckNamespace(target, body) is { } problem)
            return problem;
        if (Normalise(resource, body, options) is { } unknown)
            return unknown;
        SystemFields.ForCreate(resource, body, time);
        resource.Rules.PrepareCreate(body);
        if (resource.HasStatus && resource.IsCustom)
            body.Remove("status");
        ownership.Record(ManagedFields.Of(null), null, body, resource);
        if (Validate(resource, body, null) is { } invalid)
            return invalid;
        if (admission.Check(new AdmissionRequest(target, "CREATE", body, null, options.User)) is { } denied)
            return denied;
        if (store.Find(resource.Storage, target.Namespace, body.Text("metadata", "name")!) is not null)
            return ApiError.AlreadyExists(resource, body.Text("metadata", "name")!);
        if (options.DryRun)
            return Answer.Created(body);
        StoredObject written = store.Put(resource.Storage, resource.Rules.ToStored(body));
        Announce(resource, null, written);
        return Answer.Created(resource, written);
    }

    public Answer Update(Target target, StoredObject old, JsonObject body, WriteOptions options, IOwnership ownership)
    {
        ApiResource resource = target.Resource;
        JsonObject before = resource.Show(old);
        if (SystemFields.CheckPreconditions(resource, old, body) is { } conflict)
            return conflict;
        ManagedFields managers = ManagedFields.Of(body["metadata"]?["managedFields"] is JsonArray ? body : before);
        body = SystemFields.ForUpdate(target, body, before);
        if (Normalise(resource, body, options) is { } unknown)
            return unknown;
        resource.Rules.PrepareUpdate(body, before);
        SystemFields.BumpGeneration(resource, body, before);
        bool ownersChanged = ownership.Record(managers, before, body, resource);
        if (!ownersChanged && SystemFields.AreSame(before, body))
            return Answer.Ok(before);
        if (Validate(resource, body, before) is { } invalid)
            return invalid;
        if (admission.Check(new AdmissionRequest(target, "UPDATE", body, before, options.User)) is { } denied)
            return denied;
        if (options.DryRun)
            return Answer.Ok(body);
        if (SystemFields.IsFinished(body))
        {
            store.Remove(resource.Storage, old);
            Announce(resource, old, null);
            return Answer.Ok(body);
        }

        StoredObject written = store.Put(resource.Storage, resource.Rules.ToStored(body));
        Announce(resource, old, written);
        return Answer.Ok(resource, written);
    }

    public void Remove(ApiResource resource, StoredObject item)
    {
        store.Remove(resource.Storage, item);
        Announce(resource, item, null);
    }

    public ApiError? Admit(AdmissionRequest request) => admission.Check(request);

    private void Announce(ApiResource resource, StoredObject? before, StoredObject? after)
    {
        foreach (ICommitListener listener in _listeners)
            listener.Committed(resource, before, after);
    }

    private static ApiError? Normalise(ApiResource resource, JsonObject body, WriteOptions options)
    {
        if (resource.Rules.Decode(resource, body) is { } problem)
            return problem;
        IReadOnlyList<string> unknown = resource.Rules.Prune(body);
        if (unknown.Count > 0 && options.Validation == FieldValidation.Strict)
        {
            string list = string.Join(", ", unknown.Select(field => $"unknown field \"{field}\""));
            return ApiError.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: strict decoding error: {list}");
        }

        if (options.Validation == FieldValidation.Warn)
            options.Warnings.AddRange(unknown.Select(field => $"unknown field \"{field}\""));
        resource.Rules.Default(body);
        return null;
    }

    private ApiError? CheckNamespace(Target target, JsonObject body)
    {
        if (!target.Resource.Namespaced)
        {
            body.Metadata().Remove("namespace");
            return null;
        }

        if (body.Text("metadata", "namespace") is { Length: > 0 } said && said != target.Namespace)
            return ApiError.BadRequest($"the namespace of the provided object does not match the namespace sent on the request ({said}, {target.Namespace})");
        body.Metadata()["namespace"] = target.Namespace;
        StoredObject? home = store.Find("namespaces", "", target.Namespace);
        if (home is null)
            return new(404, "NotFound", $"namespaces \"{target.Namespace}\" not found") { Details = ApiError.Target("", "namespaces", target.Namespace) };
        if (home.IsTerminating)
        {
            string name = body.Text("metadata", "name") ?? "";
            return ApiError.Forbidden(
                $"{target.Resource.QualifiedPlural} \"{name}\" is forbidden: unable to create new content in namespace {target.Namespace} because it is being terminated",
                ApiError.Target(target.Resource.Group, target.Resource.Plural, name));
        }

        return null;
    }

    private static ApiError? Validate(ApiResource resource, JsonObject body, JsonObject? old)
    {
        List<FieldError> errors = [.. MetadataValidator.Validate(resource, body, old), .. resource.Rules.Validate(body, old)];
        if (errors.Count == 0)
            return null;
        // The rules ran, or would have run, over an object whose shape is already wrong: the server says that it left them out.
        if (resource.IsCustom && errors.Exists(error => error.BlocksRules) && !errors.Contains(FieldError.RulesNotChecked))
            errors.Add(FieldError.RulesNotChecked);
        return ApiError.Invalid(resource, body.Text("metadata", "name") ?? "", errors);
    }
}
