// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>
/// Deployments without ReplicaSets: the pods belong to the Deployment itself. A changed template makes new pods first and takes the old
/// ones away as the new become ready.
/// </summary>
internal sealed class DeploymentController(ClusterObjects objects)
{
    private const string Manager = "kube-controller-manager";
    private const string HashLabel = "pod-template-hash";

    public Task RunAsync(CancellationToken ct) => ControlLoop.Of(objects.Signal("deployments.apps", "pods"), Pass).RunAsync(ct);

    private void Pass()
    {
        foreach (StoredObject deployment in objects.List("deployments", "apps").Where(deployment => !deployment.IsTerminating))
            Sync(deployment);
    }

    private void Sync(StoredObject deployment)
    {
        JsonObject body = deployment.Thaw().Copy();
        int replicas = (int)(body.Number("spec", "replicas") ?? 1);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Json.Bytes(body["spec"]!["template"]!)).AsSpan(0, 5));
        List<StoredObject> pods = [.. objects.List("pods").Where(pod => pod.OwnerUids.Contains(deployment.Uid) && !pod.IsTerminating)];
        foreach (StoredObject ended in pods.Where(pod => PodView.Of(pod).HasEnded))
            objects.DeletePod(ended);
        List<StoredObject> alive = [.. pods.Where(pod => !PodView.Of(pod).HasEnded)];
        List<StoredObject> current = [.. alive.Where(pod => IsOf(pod, hash)).OrderByDescending(pod => PodView.Of(pod).IsReady)];
        for (int missing = replicas - current.Count; missing > 0; missing--)
            objects.CreatePod(Build(deployment, body, hash), Manager);
        foreach (StoredObject surplus in current.Skip(replicas))
            objects.DeletePod(surplus);
        int ready = current.Take(replicas).Count(pod => PodView.Of(pod).IsReady);
        foreach (StoredObject old in alive.Where(pod => !IsOf(pod, hash)).OrderBy(pod => PodView.Of(pod).IsReady).SkipLast(replicas - ready))
            objects.DeletePod(old);
        int available = alive.Count(pod => PodView.Of(pod).IsReady);
        objects.ChangeStatus("deployments", "apps", deployment, Manager, status => Write(status, (alive.Count, Math.Min(current.Count, replicas), available, replicas), deployment));
    }

    private static bool IsOf(StoredObject pod, string hash) => pod.Labels.Any(label => label.Key == HashLabel && label.Value == hash);

    private static JsonObject Build(StoredObject deployment, JsonObject body, string hash)
    {
        JsonObject metadata = body.Map("spec", "template", "metadata")?.Copy() ?? [];
        metadata.Remove("name");
        metadata["generateName"] = $"{deployment.Name}-{hash}-";
        metadata["namespace"] = deployment.Namespace;
        metadata.Ensure("labels")[HashLabel] = hash;
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["name"] = deployment.Name,
            ["uid"] = deployment.Uid,
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = body.Map("spec", "template", "spec")?.Copy() ?? [] };
    }

    private void Write(JsonObject status, (int All, int Current, int Ready, int Wanted) pods, StoredObject deployment)
    {
        status["observedGeneration"] = deployment.Body.At("metadata", "generation")?.GetInt64() ?? 1;
        status["replicas"] = pods.All;
        status["updatedReplicas"] = pods.Current;
        status["readyReplicas"] = pods.Ready;
        status["availableReplicas"] = pods.Ready;
        status["unavailableReplicas"] = Math.Max(0, pods.Wanted - pods.Ready);
        bool isAvailable = pods.Ready >= pods.Wanted;
        Conditions.Set(status, "Available", isAvailable, isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable", null, objects.Time);
    }
}
