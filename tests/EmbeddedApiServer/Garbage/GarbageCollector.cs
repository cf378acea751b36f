// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Garbage;

/// <summary>Deletes what has lost all its owners, and takes apart owners that are deleted in the foreground or by orphaning.</summary>
internal sealed class GarbageCollector(ObjectStore store, ResourceRegistry registry, Deleter deleter, WritePipeline pipeline)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    /// <summary>Changes come in bursts; one pass serves them all.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(20);

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Task changed = store.NextChange;
            Sweep();
            await changed.WaitAsync(ct);
            await Task.Delay(Settle, pipeline.Time, ct);
        }
    }

    /// <summary>One pass over everything; the number of objects in a test cluster is small.</summary>
    public void Sweep()
    {
        lock (store.Gate)
        {
            List<(ApiResource Resource, StoredObject Item)> all = [.. store.Storages
                .Select(registry.ByStorage).OfType<ApiResource>()
                .SelectMany(resource => store.List(resource.Storage, "").Items.Select(item => (resource, item)))];
            var uids = all.Select(pair => pair.Item.Uid).ToHashSet();
            foreach ((ApiResource resource, StoredObject item) in all.Where(pair => pair.Item.OwnerUids.Count > 0))
            {
                if (!item.IsTerminating && !item.OwnerUids.Any(uids.Contains))
                    deleter.Delete(new Target(resource, item.Namespace, item.Name), new DeleteOptions { Uid = item.Uid }, UserInfo.Controllers);
            }

            foreach ((ApiResource resource, StoredObject item) in all.Where(pair => pair.Item.IsTerminating))
                Finish(resource, item, [.. all.Where(pair => pair.Item.OwnerUids.Contains(item.Uid))]);
        }
    }

    private void Finish(ApiResource resource, StoredObject item, List<(ApiResource Resource, StoredObject Item)> dependants)
    {
        string[] finalizers = [.. item.Thaw().Strings("metadata", "finalizers")];
        if (finalizers.Contains(OrphanFinalizer))
        {
            foreach ((ApiResource kind, StoredObject dependant) in dependants)
                Change(kind, dependant, metadata => Without(metadata, "ownerReferences", owner => owner.Text("uid") == item.Uid));
            Change(resource, item, metadata => Without(metadata, "finalizers", name => name.Text() == OrphanFinalizer));
        }
        else if (finalizers.Contains(ForegroundFinalizer))
        {
            foreach ((ApiResource kind, StoredObject dependant) in dependants.Where(pair => !pair.Item.IsTerminating))
                deleter.Delete(new Target(kind, dependant.Namespace, dependant.Name), new DeleteOptions { Propagation = "Foreground" }, UserInfo.Controllers);
            if (dependants.Count == 0)
                Change(resource, item, metadata => Without(metadata, "finalizers", name => name.Text() == ForegroundFinalizer));
        }
    }

    private void Change(ApiResource resource, StoredObject item, Action<JsonObject> change)
    {
        if (store.Find(resource.Storage, item.Namespace, item.Name) is not { } current || current.Uid != item.Uid)
            return;
        JsonObject body = resource.Show(current).Copy();
        change(body.Metadata());
        var target = new Target(resource, item.Namespace, item.Name);
        WriteOptions options = WriteOptions.Internal("kube-controller-manager");
        pipeline.Update(target, current, body, options, new UpdateOwnership(target, options, pipeline.Time));
    }

    private static void Without(JsonObject metadata, string list, Func<JsonNode?, bool> drop) =>
        metadata[list] = Json.Array(metadata.Items(list).Where(item => !drop(item)).Select(item => item?.DeepClone()));
}
