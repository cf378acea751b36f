// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Metrics;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// Writes the status of diagnoses: never an equal one, and at most one a second for each diagnosis. The status is the operator's only memory, so one that
/// was computed from an old version is not written either; the newer version is on its way into the cache and brings a new decision.
/// </summary>
internal sealed class StatusWriter(IKubernetesClient client, RunMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);

    /// <summary>How long a watch event may reasonably be behind the write that caused it.</summary>
    private static readonly TimeSpan CacheLag = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _lastWrites = new(StringComparer.Ordinal);

    /// <summary>Writes the status unless there is a reason not to.</summary>
    /// <param name="diagnosis">The version that the status was computed from.</param>
    /// <param name="status">The whole new status.</param>
    /// <param name="ct">Ends the attempt.</param>
    public async Task<StatusWrite> WriteAsync(TunnelDiagnosis diagnosis, TunnelDiagnosisStatus status, CancellationToken ct)
    {
        var metadata = diagnosis.Metadata;
        if (AreEqual(diagnosis.Status, status))
            return new StatusWrite.Unchanged();
        if (Pause(metadata.Uid!) is { } pause)
            return new StatusWrite.Later(pause);

        var intent = new TunnelDiagnosis
        {
            ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
            Kind = CrdTypes.TunnelDiagnosis.Kind,
            // The server refuses the write when the diagnosis is another version, or another object under the same name.
            Metadata = new ObjectMeta { Name = metadata.Name, Uid = metadata.Uid, ResourceVersion = metadata.ResourceVersion },
            Status = status,
        };
        var applied = await client.ApplyStatusAsync(CrdTypes.TunnelDiagnosis, intent, FieldManagers.Status, ct);
        if (!applied.IsSuccess)
            return Refused(applied.Error);
        _lastWrites[metadata.Uid!] = time.GetUtcNow();
        metrics.StatusWrite(succeeded: true);
        return new StatusWrite.Written();
    }

    /// <summary>How long no status of this diagnosis may be written; null when one may.</summary>
    public TimeSpan? Pause(string diagnosisUid) =>
        _lastWrites.TryGetValue(diagnosisUid, out var last) && time.GetUtcNow() - last is var since && since < Spacing && since >= TimeSpan.Zero ? Spacing - since : null;

    /// <summary>Lets go of a diagnosis that is gone.</summary>
    public void Forget(string diagnosisUid) => _lastWrites.TryRemove(diagnosisUid, out _);

    private StatusWrite Refused(KubeError error)
    {
        if (error.Kind == KubeErrorKind.NotFound)
            return new StatusWrite.Gone();
        // The newer version is on its way into the cache.
        if (error.Kind == KubeErrorKind.Conflict)
            return new StatusWrite.Later(CacheLag);
        metrics.StatusWrite(succeeded: false);
        return new StatusWrite.Failed(error);
    }

    // Records compare their lists by reference; the JSON is what would be written.
    private static bool AreEqual(TunnelDiagnosisStatus? stored, TunnelDiagnosisStatus computed) =>
        stored is not null && Json(stored).AsSpan().SequenceEqual(Json(computed));

    private static byte[] Json(TunnelDiagnosisStatus status) =>
        JsonSerializer.SerializeToUtf8Bytes(status, CrdsJsonContext.Default.TunnelDiagnosisStatus);
}

/// <summary>What became of a status.</summary>
internal abstract record StatusWrite
{
    /// <summary>It stands there already.</summary>
    internal sealed record Unchanged : StatusWrite;

    internal sealed record Written : StatusWrite;

    /// <summary>It is too early; compute it again after this time.</summary>
    internal sealed record Later(TimeSpan After) : StatusWrite;

    /// <summary>The diagnosis is deleted.</summary>
    internal sealed record Gone : StatusWrite;

    internal sealed record Failed(KubeError Error) : StatusWrite;
}
