// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>One pod per fitting node; replaced one by one when the template changes; the numbers in status.</summary>
internal sealed class DaemonSetController(ClusterObjects objects)
{
    public const string Manager = "kube-controller-manager";

    public Task RunAsync(CancellationToken ct) => ControlLoop.Of(objects.Signal("daemonsets.apps", "pods", "nodes"), Pass).RunAsync(ct);

    private void Pass()
    {
        foreach (StoredObject set in objects.List("daemonsets", "apps").Where(set => !set.IsTerminating))
            Sync(set);
    }

    private void Sync(StoredObject set)
    {
        JsonObject body = set.Thaw().Copy();
        string hash = Hash(body.At("spec", "template"));
        JsonObject spec = DaemonPods.Spec(body);
        List<StoredObject> pods = [.. objects.List("pods").Where(pod => pod.Namespace == set.Namespace && pod.OwnerUids.Contains(set.Uid))];
        ILookup<string, StoredObject> byNode = pods.ToLookup(pod => PodView.Of(pod).Node);
        List<StoredObject> wanted = [.. objects.List("nodes").Where(node => NodeFit.Problem(spec, node) is null)];
        HashSet<string> names = [.. wanted.Select(node => node.Name)];
        foreach (StoredObject node in wanted)
        {
            if (!byNode.Contains(node.Name))
                objects.CreatePod(DaemonPods.Build(set, body, spec, node.Name, hash), Manager);
            foreach (StoredObject ended in byNode[node.Name].Where(pod => !pod.IsTerminating && PodView.Of(pod).HasEnded))
                objects.DeletePod(ended);
        }

        foreach (StoredObject lost in pods.Where(pod => !pod.IsTerminating && !names.Contains(PodView.Of(pod).Node)))
            objects.DeletePod(lost);
        Roll(body, pods, hash);
        var numbers = new DaemonNumbers(names, pods, hash);
        objects.ChangeStatus("daemonsets", "apps", set, Manager, status => numbers.Write(status, body.Number("metadata", "generation") ?? 1));
    }

    /// <summary>Deletes pods of an old template, never more at a time than may be unavailable; the next pass makes their successors.</summary>
    private void Roll(JsonObject body, List<StoredObject> pods, string hash)
    {
        if (body.Text("spec", "updateStrategy", "type") != "RollingUpdate")
            return;
        long budget = body.Number("spec", "updateStrategy", "rollingUpdate", "maxUnavailable") ?? 1;
        budget -= pods.Count(pod => pod.IsTerminating || !PodView.Of(pod).IsReady && PodView.Of(pod).Hash == hash);
        foreach (StoredObject old in pods.Where(pod => !pod.IsTerminating && PodView.Of(pod).Hash != hash).OrderBy(pod => PodView.Of(pod).IsReady))
        {
            // An old pod that does not work anyway costs nothing.
            if (PodView.Of(old).IsReady && --budget < 0)
                return;
            objects.DeletePod(old);
        }
    }

    private static string Hash(JsonNode? template) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json.Compact(template))).AsSpan(0, 5));
}
