// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Chaos.Planning;

namespace KubeWgDiag.Chaos.Probes;

/// <summary>What is true on the nodes: which diagnosis sees which mesh.</summary>
internal sealed class MeshWorld
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<DiagnosisPlan>> _plans = new(StringComparer.Ordinal);

    /// <summary>A diagnosis got its uid.</summary>
    public void Set(string diagnosisUid, DiagnosisPlan plan) => Slot(diagnosisUid).TrySetResult(plan);

    /// <summary>The plan of a diagnosis; its probe may start before the one who asked has heard of the uid.</summary>
    public Task<DiagnosisPlan> PlanOfAsync(string diagnosisUid, CancellationToken ct) => Slot(diagnosisUid).Task.WaitAsync(ct);

    private TaskCompletionSource<DiagnosisPlan> Slot(string uid) => _plans.GetOrAdd(uid, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
