// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Chaos.Runs;

/// <summary>The person in front of the cluster: asks again when the server is away, and notices what it says otherwise.</summary>
internal sealed class Judge(IKubernetesClient client)
{
    private const string Manager = "kubewgdiag-chaos";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Applies a diagnosis, new or changed.</summary>
    public async Task<TunnelDiagnosis> ApplyAsync(string name, TunnelDiagnosisSpec spec, CancellationToken ct) =>
        (await PatientlyAsync(() => client.ApplyAsync(CrdTypes.TunnelDiagnosis, new TunnelDiagnosis { Metadata = new ObjectMeta { Name = name }, Spec = spec }, Manager, ct), ct))!;

    /// <summary>Deletes a diagnosis.</summary>
    public Task DeleteAsync(TunnelDiagnosis diagnosis, CancellationToken ct) =>
        PatientlyAsync(() => client.DeleteAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, diagnosis.Metadata.Uid, ct), ct);

    /// <summary>A diagnosis as it is; null when it is gone.</summary>
    public Task<TunnelDiagnosis?> GetAsync(string name, CancellationToken ct) =>
        PatientlyAsync(() => client.GetAsync(CrdTypes.TunnelDiagnosis, null, name, ct), ct);

    /// <summary>All objects that a selection finds.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(ResourceType<T> type, string? @namespace, string? labels, CancellationToken ct)
        where T : class, IKubernetesObject =>
        (await PatientlyAsync(() => client.ListAsync(type, new ListOptions { Namespace = @namespace, LabelSelector = labels }, ct), ct))!.Items;

    /// <summary>Waits until something holds; the last state when it does, null when the token ended the wait.</summary>
    public static async Task<bool> UntilAsync(Func<Task<bool>> holds, CancellationToken ct)
    {
        try
        {
            while (!await holds()) await Task.Delay(Pause, ct);
            return true;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<T?> PatientlyAsync<T>(Func<Task<KubeResult<T>>> call, CancellationToken ct)
        where T : class
    {
        while (true)
        {
            var result = await call();
            if (result.IsSuccess) return result.Value;
            if (result.Error.Kind == KubeErrorKind.NotFound) return null;
            if (result.Error.Kind is not (KubeErrorKind.Unreachable or KubeErrorKind.Expired or KubeErrorKind.ServerError or KubeErrorKind.TooManyRequests or KubeErrorKind.Malformed))
                throw new InvalidOperationException($"the judge is refused: {result.Error.Kind}: {result.Error.Message}");
            await Task.Delay(Pause, ct);
        }
    }
}
