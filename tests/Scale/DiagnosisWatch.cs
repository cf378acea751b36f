// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Scale.Probes;

namespace KubeWgDiag.Scale;

/// <summary>Watches a diagnosis to its end, as <c>kubectl wait</c> does, and prints its progress.</summary>
internal sealed class DiagnosisWatch(IKubernetesClient client, string name, Timeline timeline)
{
    /// <summary>Waits for the end; the last state when the limit is over.</summary>
    public async Task<TunnelDiagnosis> WaitAsync(TimeSpan limit, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var ended = new TaskCompletionSource<TunnelDiagnosis>(TaskCreationOptions.RunContinuationsAsynchronously);
        TunnelDiagnosis? last = null;
        var informer = new Informer<TunnelDiagnosis>(client, CrdTypes.TunnelDiagnosis, new() { FieldSelector = $"metadata.name={name}" }, TimeProvider.System);
        informer.AddHandler(change =>
        {
            last = change.New ?? last;
            Print(last);
            if (last?.Status is { Phase: DiagnosisPhase.Complete or DiagnosisPhase.Failed })
                ended.TrySetResult(last);
        });
        var watch = informer.RunAsync(stop.Token);
        await Task.WhenAny(ended.Task, Task.Delay(limit, ct));
        await stop.CancelAsync();
        await watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        return last ?? throw new ScaleException("the diagnosis was never seen");
    }

    private void Print(TunnelDiagnosis? diagnosis) =>
        Console.WriteLine($"{timeline.Elapsed.TotalSeconds,6:0.0} s    {diagnosis?.Status?.Phase?.ToString() ?? "-"} {diagnosis?.Status?.Nodes?.Progress} {timeline.Describe()}");
}
