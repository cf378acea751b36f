// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Garbage;

/// <summary>Gives every namespace its default service account and CA config map, and empties and removes terminating ones.</summary>
internal sealed class NamespaceController(ObjectStore store, ResourceRegistry registry, Creator creator, Deleter deleter, WritePipeline pipeline, string authorityPem)
{
    private static readonly WriteOptions Options = WriteOptions.Internal("kube-controller-manager");

    private readonly ChangeSignal _work = new();

    public Task RunAsync(CancellationToken ct) => ControlLoop.Of(_work, Sweep).RunAsync(ct);

    /// <summary>Namespaces, what every one of them has, and everything that leaves a namespace.</summary>
    public void Look(StoreEvent change)
    {
        if (change.Storage is "namespaces" or "serviceaccounts" or "configmaps" || (change.After is null && change.Latest.Namespace.Length > 0))
            _work.Set();
    }

    public void Sweep()
    {
        foreach (StoredObject item in store.List("namespaces", "").Items)
        {
            if (item.IsTerminating)
                Empty(item);
            else
                Furnish(item.Name);
        }
    }

    private void Furnish(string @namespace)
    {
        if (store.Find("serviceaccounts", @namespace, "default") is null)
        {
            creator.Create(new Target(registry.BuiltIn("serviceaccounts"), @namespace, ""),
                new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ServiceAccount", ["metadata"] = new JsonObject { ["name"] = "default" } }, Options);
        }

        if (store.Find("configmaps", @namespace, "kube-root-ca.crt") is null)
        {
            creator.Create(new Target(registry.BuiltIn("configmaps"), @namespace, ""), new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = "kube-root-ca.crt" },
                ["data"] = new JsonObject { ["ca.crt"] = authorityPem },
            }, Options);
        }
    }

    private void Empty(StoredObject home)
    {
        int left = 0;
        foreach (ApiResource resource in registry.All.Where(resource => resource.Namespaced).DistinctBy(resource => resource.Storage))
        {
            foreach (StoredObject item in store.List(resource.Storage, home.Name).Items)
            {
                left++;
                if (!item.IsTerminating)
                    deleter.Delete(new Target(resource, home.Name, item.Name), new DeleteOptions(), UserInfo.Controllers);
            }
        }

        if (left > 0 || home.Body.At("metadata", "finalizers") is { } own && own.GetArrayLength() > 0)
            return;
        lock (store.Gate)
        {
            if (store.Find("namespaces", "", home.Name) is { } current)
                pipeline.Remove(registry.BuiltIn("namespaces"), current);
        }
    }
}
