// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>One pod per fitting node; replaced one by one when the template changes; the numbers in status.</summary>
internal sealed class DaemonSetController(ClusterObjects objects)
{
    public const string Manager = "kube-controller-manager";
    private const string HashLabel = "controller-revision-hash";

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            Task changed = objects.NextChange;
            foreach (StoredObject set in objects.List("daemonsets", "apps").Where(set => !set.IsTerminating))
                Sync(set);
            await changed.WaitAsync(ct);
        }
    }

    private void Sync(StoredObject set)
    {
        JsonObject body = set.Thaw().Copy();
        string hash = Hash(body.At("spec", "template"));
        JsonObject spec = DaemonPods.Spec(body);
        List<StoredObject> pods = [.. objects.List("pods").Where(pod => pod.Namespace == set.Namespace && pod.OwnerUids.Contains(set.Uid))];
        IReadOnlyList<StoredObject> nodes = objects.List("nodes");
        List<StoredObject> wanted = [.. nodes.Where(node => NodeFit.Problem(spec, node) is null)];
        foreach (StoredObject node in wanted)
        {
            List<StoredObject> here = [.. pods.Where(pod => DaemonPods.NodeOf(pod) == node.Name)];
            if (here.Count == 0)
                objects.CreatePod(DaemonPods.Build(set, body, spec, node.Name, hash), Manager);
            foreach (StoredObject failed in here.Where(pod => !pod.IsTerminating && pod.Body.Text("status", "phase") is "Failed" or "Succeeded"))
                objects.DeletePod(failed);
        }

        foreach (StoredObject lost in pods.Where(pod => !pod.IsTerminating && !wanted.Exists(node => node.Name == DaemonPods.NodeOf(pod))))
            objects.DeletePod(lost);
        Roll(body, pods, hash);
        var numbers = new DaemonNumbers(wanted, pods, hash);
        objects.ChangeStatus("daemonsets", "apps", set, Manager, status => numbers.Write(status, body.Number("metadata", "generation") ?? 1));
    }

    /// <summary>Deletes pods of an old template, never more at a time than may be unavailable; the next pass makes their successors.</summary>
    private void Roll(JsonObject body, List<StoredObject> pods, string hash)
    {
        if (body.Text("spec", "updateStrategy", "type") != "RollingUpdate")
            return;
        long budget = body.Number("spec", "updateStrategy", "rollingUpdate", "maxUnavailable") ?? 1;
        budget -= pods.Count(pod => pod.IsTerminating || !DaemonPods.IsReady(pod) && IsCurrent(pod, hash));
        foreach (StoredObject old in pods.Where(pod => !pod.IsTerminating && !IsCurrent(pod, hash)).OrderBy(DaemonPods.IsReady))
        {
            // An old pod that does not work anyway costs nothing.
            if (DaemonPods.IsReady(old) && --budget < 0)
                return;
            objects.DeletePod(old);
        }
    }

    internal static bool IsCurrent(StoredObject pod, string hash) => pod.Body.Text("metadata", "labels", HashLabel) == hash;

    private static string Hash(JsonNode? template) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json.Compact(template))).AsSpan(0, 5));
}
