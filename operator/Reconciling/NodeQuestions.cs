// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Asks every node of a run by its NodeProbe.</summary>
internal sealed class NodeQuestions(IKubernetesClient client, IClusterView cluster)
{
    /// <summary>Writes at a time: enough for thousands of nodes within seconds, little enough for a small API server.</summary>
    private const int Parallelism = 8;

    /// <summary>
    /// Writes the NodeProbes that do not ask for this run yet, and deletes those of nodes that are not asked any more. What was asked stays asked when a
    /// write fails; gives one of the refusals.
    /// </summary>
    public async Task<KubeError?> AskAsync(TunnelDiagnosis diagnosis, Run run, IReadOnlyList<string> nodes, CancellationToken ct)
    {
        var existing = cluster.NodeProbesOf(diagnosis.Metadata.Uid!);
        var asked = existing.Where(probe => IsAskedFor(probe, run)).Select(probe => probe.Spec!.NodeName).ToHashSet(StringComparer.Ordinal);
        var wanted = nodes.ToHashSet(StringComparer.Ordinal);
        var missing = nodes.Where(node => !asked.Contains(node));
        // Those of this run stay even without their node: what they found is still true.
        var stale = existing.Where(probe => probe.Spec?.Run != run.Id && !wanted.Contains(probe.Spec?.NodeName ?? ""));

        KubeError? refusal = null;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct };
        await Parallel.ForEachAsync(missing, limits, async (node, stop) =>
        {
            var question = NodeProbeBuilder.Build(diagnosis, node, run.Id);
            if ((await client.ApplyAsync(CrdTypes.NodeProbe, question, FieldManagers.Children, stop)).Error is { } error)
                Interlocked.CompareExchange(ref refusal, error, null);
        });
        await Parallel.ForEachAsync(stale, limits, async (probe, stop) =>
        {
            var deletion = await client.DeleteAsync(CrdTypes.NodeProbe, null, probe.Metadata.Name!, probe.Metadata.Uid, stop);
            if (deletion.Error is { } error)
                Interlocked.CompareExchange(ref refusal, error, null);
        });
        return refusal;
    }

    // One that is being deleted cannot be asked, and cannot be made anew before it is gone; that event brings us back.
    private static bool IsAskedFor(NodeProbe probe, Run run) => probe.Spec?.Run == run.Id || probe.Metadata.DeletionTimestamp is not null;
}
