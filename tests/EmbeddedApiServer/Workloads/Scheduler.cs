// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>Gives pods without a node one that fits, or says in the condition PodScheduled why none does.</summary>
/// <param name="refusal">Why a node takes no pods although they would fit; null when it does.</param>
internal sealed class Scheduler(ClusterObjects objects, Func<string, string?> refusal)
{
    private const string Manager = "kube-scheduler";

    public Task RunAsync(CancellationToken ct) => ControlLoop.Of(objects.Signal("pods", "nodes"), Pass).RunAsync(ct);

    private void Pass()
    {
        IReadOnlyList<StoredObject> nodes = objects.List("nodes");
        foreach (StoredObject pod in objects.List("pods").Where(pod => !pod.IsTerminating && !PodView.Of(pod).IsPlaced))
            Place(pod, nodes);
    }

    private void Place(StoredObject pod, IReadOnlyList<StoredObject> nodes)
    {
        JsonNode? spec = pod.Thaw()["spec"];
        string pinned = PodView.Of(pod).Node;
        // A daemon pod names its node: there is no need to ask all the others.
        StoredObject[] candidates = [.. pinned.Length > 0 ? new[] { objects.Find("nodes", "", pinned) }.OfType<StoredObject>() : nodes];
        if (Array.Find(candidates, node => Problem(spec, node) is null) is { } found)
        {
            objects.ChangePod(pod, Manager, body =>
            {
                body.Ensure("spec")["nodeName"] = found.Name;
            });
            objects.ChangeStatus("pods", "", pod, Manager, status => Conditions.Set(status, "PodScheduled", true, null, null, objects.Time));
            return;
        }

        string reasons = string.Join(", ", nodes.GroupBy(node => Problem(spec, node)).Select(group => $"{group.Count()} {group.Key}"));
        string message = $"0/{nodes.Count} nodes are available: {reasons}.";
        if (!pod.Thaw().Items("status", "conditions").Any(condition => condition.Text("type") == "PodScheduled" && condition.Text("message") == message))
            objects.ChangeStatus("pods", "", pod, Manager, status => Conditions.Set(status, "PodScheduled", false, "Unschedulable", message, objects.Time));
    }

    private string? Problem(JsonNode? spec, StoredObject node) => NodeFit.Problem(spec, node) ?? refusal(node.Name);
}
