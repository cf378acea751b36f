// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Cluster;
using KubeWgDiag.Chaos.Runs;
using KubeWgDiag.Crds;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Chaos.Checks;

/// <summary>What is still there when it should not be.</summary>
internal sealed class LeftoverCheck(ChaosCluster cluster, Judge judge)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>After all runs: the probes have to be gone, the answers belong to diagnoses that exist.</summary>
    public async Task<IReadOnlyList<string>> AfterTheRunsAsync(CancellationToken ct) =>
    [
        .. await NoneAsync("DaemonSets", async () => (await judge.ListAsync(BuiltInTypes.DaemonSet, null, null, ct)).Select(set => set.Metadata.Name!), ct),
        .. await NoneAsync("pods", async () => (await judge.ListAsync(BuiltInTypes.Pod, null, null, ct)).Select(pod => pod.Metadata.Name!), ct),
        .. await NoneAsync("probe agents", () => Task.FromResult(Enumerable.Range(0, cluster.Agents.Running).Select(_ => "an agent")), ct),
        .. await NoneAsync("NodeProbes without diagnosis", () => OrphansAsync(ct), ct),
    ];

    /// <summary>After all diagnoses are deleted.</summary>
    public async Task<IReadOnlyList<string>> AfterTheDiagnosesAsync(CancellationToken ct)
    {
        foreach (var diagnosis in await judge.ListAsync(CrdTypes.TunnelDiagnosis, null, null, ct)) await judge.DeleteAsync(diagnosis, ct);
        return
        [
            .. await NoneAsync("diagnoses", async () => (await judge.ListAsync(CrdTypes.TunnelDiagnosis, null, null, ct)).Select(d => d.Metadata.Name!), ct),
            .. await NoneAsync("NodeProbes", async () => (await judge.ListAsync(CrdTypes.NodeProbe, null, null, ct)).Select(probe => probe.Metadata.Name!), ct),
        ];
    }

    /// <summary>After the operators have stopped in order: nobody holds a lease.</summary>
    public async Task<IReadOnlyList<string>> AfterTheOperatorsAsync(CancellationToken ct) =>
        await NoneAsync(
            "held leases",
            async () => (await judge.ListAsync(BuiltInTypes.Lease, null, null, ct)).Where(l => !string.IsNullOrEmpty(l.Spec?.HolderIdentity)).Select(l => $"{l.Metadata.Name} of {l.Spec!.HolderIdentity}"),
            ct);

    /// <summary>After everybody has gone: no watch is open.</summary>
    public Task<IReadOnlyList<string>> AfterEverybodyAsync(CancellationToken ct) =>
        NoneAsync("watches", () => Task.FromResult(Enumerable.Repeat("a watch", cluster.Api.OpenWatches)), ct);

    private async Task<IEnumerable<string>> OrphansAsync(CancellationToken ct)
    {
        var probes = await judge.ListAsync(CrdTypes.NodeProbe, null, null, ct);
        var diagnoses = (await judge.ListAsync(CrdTypes.TunnelDiagnosis, null, null, ct)).ToDictionary(d => d.Metadata.Uid!, StringComparer.Ordinal);
        return probes
            .Where(probe => !diagnoses.TryGetValue(probe.Metadata.Labels?.GetValueOrDefault(CrdLabels.DiagnosisUid) ?? "", out var owner) || owner.Status?.Run != probe.Spec?.Run)
            .Select(probe => $"{probe.Metadata.Name} (run {probe.Spec?.Run})");
    }

    private static async Task<IReadOnlyList<string>> NoneAsync(string what, Func<Task<IEnumerable<string>>> find, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        List<string> left = [];
        var none = await Judge.UntilAsync(async () => (left = [.. await find()]).Count == 0, limit.Token);
        ct.ThrowIfCancellationRequested();
        return none ? [] : [$"{left.Count} {what} are left behind: {string.Join(", ", left.Take(5))}"];
    }
}
