// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.CustomResources;

/// <summary>Serves a kind as soon as its definition is committed, says so in the definition's status, and stops when it is deleted.</summary>
internal sealed class CrdRegistrar(ResourceRegistry registry, ObjectStore store, TimeProvider time) : ICommitListener
{
    private const string Manager = "kube-apiserver";

    public void Committed(ApiResource resource, StoredObject? before, StoredObject? after)
    {
        if (resource.Storage != BuiltInResources.CrdStorage)
            return;
        JsonObject crd = (after ?? before)!.Thaw();
        string storage = CrdCompiler.StorageOf(crd);
        if (after is null)
        {
            foreach (StoredObject item in store.List(storage, "").Items)
                store.Remove(storage, item);
            registry.Replace(storage, []);
            return;
        }

        IReadOnlyList<ApiResource> versions = [.. CrdCompiler.Compile(crd)];
        registry.Replace(storage, versions);
        store.Open(storage, versions.SelectMany(version => version.StoredFields));
        Establish(resource, after);
    }

    private void Establish(ApiResource resource, StoredObject written)
    {
        JsonObject before = written.Thaw().Copy();
        JsonObject crd = before.Copy();
        JsonObject status = crd.Ensure("status");
        JsonNode names = crd["spec"]!["names"]!.DeepClone();
        if (Json.Same(status["acceptedNames"], names))
            return;
        status["acceptedNames"] = names;
        status["conditions"] = new JsonArray(
            Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            Condition("Established", "InitialNamesAccepted", "the initial names have been accepted"));
        var options = WriteOptions.Internal(Manager);
        var ownership = new UpdateOwnership(new Target(resource, "", written.Name, "status"), options, time);
        ownership.Record(ManagedFields.Of(before), before, crd, resource);
        store.Put(resource.Storage, crd);
    }

    private JsonObject Condition(string type, string reason, string message) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = time.Now(),
        ["reason"] = reason,
        ["message"] = message,
    };
}
