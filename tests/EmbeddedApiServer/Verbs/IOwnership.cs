// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>How a write changes who owns which fields.</summary>
internal interface IOwnership
{
    /// <summary>Writes <c>metadata.managedFields</c> of <paramref name="after"/>; true when an owner changed.</summary>
    bool Record(ManagedFields managers, JsonObject? before, JsonObject after, ApiResource resource);
}

/// <summary>Create, update and patch: the writer owns what it changed.</summary>
internal sealed class UpdateOwnership(Target target, WriteOptions options, TimeProvider time) : IOwnership
{
    public bool Record(ManagedFields managers, JsonObject? before, JsonObject after, ApiResource resource)
    {
        ManagedFields old = ManagedFields.Of(before);
        var writer = new ManagerEntry(options.Manager, "Update", resource.GroupVersion, target.Subresource, time.Now(), new FieldTree());
        managers.Update(writer, before, after, resource.Shape, resource.HasStatus);
        return managers.WriteTo(after, old);
    }
}

/// <summary>Server-side apply: the writer owns exactly what it sent.</summary>
internal sealed class ApplyOwnership(ManagerEntry writer, FieldTree sent) : IOwnership
{
    public bool Record(ManagedFields managers, JsonObject? before, JsonObject after, ApiResource resource)
    {
        ManagedFields old = ManagedFields.Of(before);
        FieldTree changed = FieldTrees.Changed(before ?? [], after, resource.Shape);
        FieldTree removed = before is null ? new FieldTree() : FieldTrees.Removed(before, after, resource.Shape);
        managers.Apply(writer with { Fields = sent }, changed.Intersect(sent), removed);
        return managers.WriteTo(after, old);
    }
}
