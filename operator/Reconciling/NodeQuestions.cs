// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Operator.Paths;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Asks every node of a run by its NodeProbe, and asks again where somebody deleted or changed the question.</summary>
internal sealed class NodeQuestions(IKubernetesClient client, IClusterView cluster, AskPace pace, RecentWrites recent)
{
    /// <summary>Writes at a time: enough for thousands of nodes within seconds, little enough for a small API server.</summary>
    private const int Parallelism = 8;

    /// <summary>When nodes are left because the pace is reached, and when a deleted NodeProbe is looked for.</summary>
    private static readonly TimeSpan PaceWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Writes the NodeProbes that do not ask for this run as they should, and deletes those of nodes that are not asked any more. What was asked stays asked
    /// when a write fails.
    /// </summary>
    public async Task<Placed> AskAsync(TunnelDiagnosis diagnosis, Run run, IReadOnlyList<string> nodes, ResolvedPaths paths, CancellationToken ct)
    {
        var uid = diagnosis.Metadata.Uid!;
        var existing = cluster.NodeProbesOf(uid);
        var questions = new QuestionCheck(diagnosis, run, paths);
        var asked = existing.Where(questions.IsAsked).Select(probe => probe.Spec!.NodeName).ToHashSet(StringComparer.Ordinal);
        var wanted = nodes.ToHashSet(StringComparer.Ordinal);
        // Those of this run stay even without their node: what they found is still true.
        var stale = existing.Where(probe => probe.Spec?.Run != run.Id && !wanted.Contains(probe.Spec?.NodeName ?? ""));

        var missing = nodes.Where(node => !asked.Contains(node)).ToLookup(node => recent.WaitBefore(uid, run.Id, node) <= TimeSpan.Zero);
        var due = missing[true].ToList();
        var now = due.Take(pace.Take(due.Count)).ToList();
        var refusal = await WriteAsync(diagnosis, run, now, paths, ct) ?? await DeleteAsync(stale, ct);
        TimeSpan? again = now.Count < due.Count || missing[false].Any() ? PaceWait : null;
        return new Placed(refusal, again);
    }

    private async Task<KubeError?> WriteAsync(TunnelDiagnosis diagnosis, Run run, List<string> nodes, ResolvedPaths paths, CancellationToken ct)
    {
        KubeError? refusal = null;
        await Parallel.ForEachAsync(nodes, Limits(ct), async (node, stop) =>
        {
            var question = NodeProbeBuilder.Build(diagnosis, node, run.Id, paths.For(node));
            if ((await client.ApplyAsync(CrdTypes.NodeProbe, question, FieldManagers.Children, stop)).Error is { } error)
                Interlocked.CompareExchange(ref refusal, error, null);
            else
                recent.Wrote(diagnosis.Metadata.Uid!, run.Id, node);
        });
        return refusal;
    }

    private async Task<KubeError?> DeleteAsync(IEnumerable<NodeProbe> probes, CancellationToken ct)
    {
        KubeError? refusal = null;
        await Parallel.ForEachAsync(probes, Limits(ct), async (probe, stop) =>
        {
            var deletion = await client.DeleteAsync(CrdTypes.NodeProbe, null, probe.Metadata.Name!, probe.Metadata.Uid, stop);
            // Another one of the same name took its place; the cache will show it.
            if (deletion.Error is { Kind: not KubeErrorKind.Conflict } error)
                Interlocked.CompareExchange(ref refusal, error, null);
        });
        return refusal;
    }

    private static ParallelOptions Limits(CancellationToken ct) => new() { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct };
}
