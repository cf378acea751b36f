// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>What controllers do with objects, through the same verbs as every client.</summary>
internal sealed class ClusterObjects(VerbSet verbs, ResourceRegistry registry)
{
    public TimeProvider Time => verbs.Pipeline.Time;

    /// <summary>Tells of changes in these kinds, by their place in the store.</summary>
    public ChangeSignal Signal(params IReadOnlyList<string> storages) => verbs.Store.Signal(storages);

    public IReadOnlyList<StoredObject> List(string plural, string group = "") => verbs.Store.List(registry.BuiltIn(plural, group).Storage, "").Items;

    public StoredObject? Find(string plural, string @namespace, string name) => verbs.Store.Find(plural, @namespace, name);

    public Answer CreatePod(JsonObject pod, string manager) =>
        verbs.Creator.Create(new Target(registry.BuiltIn("pods"), pod.Text("metadata", "namespace") ?? "", ""), pod, WriteOptions.Internal(manager));

    /// <param name="grace">Null: the pod's own.</param>
    public void DeletePod(StoredObject pod, long? grace = null) =>
        verbs.Deleter.Delete(new Target(registry.BuiltIn("pods"), pod.Namespace, pod.Name), new DeleteOptions { Uid = pod.Uid, GraceSeconds = grace }, UserInfo.Controllers);

    /// <summary>Changes the status of exactly this object; nothing happens when it is gone or replaced.</summary>
    public void ChangeStatus(string plural, string group, StoredObject item, string manager, Action<JsonObject> change) =>
        Change(new Target(registry.BuiltIn(plural, group), item.Namespace, item.Name, "status"), item.Uid, manager, body => change(body.Ensure("status")));

    /// <summary>Changes the spec of exactly this object.</summary>
    public void ChangeSpec(string plural, string group, StoredObject item, string manager, Action<JsonObject> change) =>
        Change(new Target(registry.BuiltIn(plural, group), item.Namespace, item.Name), item.Uid, manager, body => change(body.Ensure("spec")));

    /// <summary>Renews a node's lease; makes it when there is none.</summary>
    public void Renew(string @namespace, string name)
    {
        ApiResource leases = registry.BuiltIn("leases", "coordination.k8s.io");
        string now = Times.Micros(Time.GetUtcNow());
        if (Find(leases.Storage, @namespace, name) is { } lease)
        {
            Change(new Target(leases, @namespace, name), lease.Uid, "kubelet", body => body.Ensure("spec")["renewTime"] = now);
            return;
        }

        var made = new JsonObject
        {
            ["apiVersion"] = leases.GroupVersion,
            ["kind"] = leases.Kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["holderIdentity"] = name, ["leaseDurationSeconds"] = 40, ["renewTime"] = now },
        };
        verbs.Creator.Create(new Target(leases, @namespace, ""), made, WriteOptions.Internal("kubelet"));
    }

    public void ChangePod(StoredObject pod, string manager, Action<JsonObject> change) =>
        Change(new Target(registry.BuiltIn("pods"), pod.Namespace, pod.Name), pod.Uid, manager, change);

    private void Change(Target target, string uid, string manager, Action<JsonObject> change) =>
        verbs.Updater.Change(target, live =>
        {
            if (live.Text("metadata", "uid") != uid)
                return (null, ApiError.NotFound(target.Resource, target.Name));
            change(live);
            return (live, null);
        }, WriteOptions.Internal(manager));
}
