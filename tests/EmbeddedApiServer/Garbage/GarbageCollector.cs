// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Garbage;

/// <summary>Deletes what has lost all its owners, and takes apart owners that are deleted in the foreground or by orphaning.</summary>
internal sealed class GarbageCollector(ObjectStore store, ResourceRegistry registry, Deleter deleter, WritePipeline pipeline)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    private readonly ChangeSignal _work = new();

    public Task RunAsync(CancellationToken ct) => ControlLoop.Of(_work, Sweep).RunAsync(ct);

    /// <summary>A sweep is for what was deleted, for what is being deleted, and for what came with owners. Most writes are none of these.</summary>
    public void Look(StoreEvent change)
    {
        if (change.After is not { } after || after.IsTerminating || (after.OwnerUids.Count > 0 && change.Before?.OwnerUids.SequenceEqual(after.OwnerUids) != true))
            _work.Set();
    }

    /// <summary>One pass over everything.</summary>
    public void Sweep()
    {
        lock (store.Gate)
        {
            List<(ApiResource Resource, StoredObject Item)> all = [.. store.Storages
                .Select(registry.ByStorage).OfType<ApiResource>()
                .SelectMany(resource => store.List(resource.Storage, "").Items.Select(item => (resource, item)))];
            var uids = all.Select(pair => pair.Item.Uid).ToHashSet();
            List<(ApiResource Resource, StoredObject Item)> owned = [.. all.Where(pair => pair.Item.OwnerUids.Count > 0)];
            foreach ((ApiResource resource, StoredObject item) in owned)
            {
                if (!item.IsTerminating && !item.OwnerUids.Any(uids.Contains))
                    deleter.Delete(new Target(resource, item.Namespace, item.Name), new DeleteOptions { Uid = item.Uid }, UserInfo.Controllers);
            }

            List<(ApiResource Resource, StoredObject Item)> marked = [.. all.Where(pair => pair.Item.IsTerminating)];
            if (marked.Count == 0)
                return;
            ILookup<string, (ApiResource Resource, StoredObject Item)> dependants = owned.SelectMany(pair => pair.Item.OwnerUids, (pair, owner) => (pair, owner)).ToLookup(pair => pair.owner, pair => pair.pair);
            foreach ((ApiResource resource, StoredObject item) in marked)
                Finish(resource, item, [.. dependants[item.Uid]]);
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
