// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>Gives pods without a node one that fits, or says in the condition PodScheduled why none does.</summary>
internal sealed class Scheduler(ClusterObjects objects)
{
    private const string Manager = "kube-scheduler";

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Task changed = objects.NextChange;
            foreach (StoredObject pod in objects.List("pods").Where(pod => !pod.IsTerminating && pod.Body.Text("spec", "nodeName") is null))
                Place(pod);
            await changed.WaitAsync(ct);
        }
    }

    private void Place(StoredObject pod)
    {
        JsonNode? spec = pod.Thaw()["spec"];
        IReadOnlyList<StoredObject> nodes = objects.List("nodes");
        List<(StoredObject Node, string? Problem)> tried = [.. nodes.Select(node => (node, NodeFit.Problem(spec, node)))];
        if (tried.Find(pair => pair.Problem is null) is { Node: { } node })
        {
            objects.ChangePod(pod, Manager, body => body.Ensure("spec")["nodeName"] = node.Name);
            objects.ChangeStatus("pods", "", pod, Manager, status => Conditions.Set(status, "PodScheduled", true, null, null, objects.Time));
            return;
        }

        string reasons = string.Join(", ", tried.GroupBy(pair => pair.Problem).Select(group => $"{group.Count()} {group.Key}"));
        string message = $"0/{nodes.Count} nodes are available: {reasons}.";
        objects.ChangeStatus("pods", "", pod, Manager, status => Conditions.Set(status, "PodScheduled", false, "Unschedulable", message, objects.Time));
    }
}
