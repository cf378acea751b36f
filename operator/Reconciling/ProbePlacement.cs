// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Brings probes onto the nodes and takes them away again.</summary>
internal sealed class ProbePlacement(IKubernetesClient client, IClusterView cluster, ProbeSettings settings, string @namespace, RecentWrites recent)
{
    /// <summary>Fingerprint of what was applied: the stored object has the server's defaults in it and cannot be compared with the intent.</summary>
    private const string AppliedAnnotation = "kubewgdiag.io/applied";

    /// <summary>Under this name the DaemonSet is remembered; no node can have it.</summary>
    private const string Child = "/daemonset";

    /// <summary>Generation that the spec had after this process applied it: another one means that somebody changed it.</summary>
    private readonly ConcurrentDictionary<string, Applied> _applied = new(StringComparer.Ordinal);

    /// <summary>Makes the DaemonSet what it should be; does nothing when it is.</summary>
    public async Task<Placed> PlaceAsync(TunnelDiagnosis diagnosis, Run run, CancellationToken ct)
    {
        var uid = diagnosis.Metadata.Uid!;
        var intent = Stamp(DaemonSetBuilder.Build(diagnosis, settings, @namespace));
        var existing = cluster.DaemonSetOf(uid);
        // One that is being deleted is left alone: its disappearance brings us back here.
        if (existing?.Metadata.DeletionTimestamp is not null || IsAsApplied(existing, intent, diagnosis))
            return Placed.Whole;
        if (recent.WaitBefore(uid, run.Id, Child) is var wait && wait > TimeSpan.Zero)
            return new Placed(null, wait);

        var applied = await client.ApplyAsync(BuiltInTypes.DaemonSet, intent, FieldManagers.Children, ct);
        if (!applied.IsSuccess)
            return new Placed(applied.Error, null);
        recent.Wrote(uid, run.Id, Child);
        _applied[uid] = new Applied(applied.Value.Metadata.Uid, applied.Value.Metadata.Generation);
        return Placed.Whole;
    }

    /// <summary>Removes the DaemonSet and with it the privileged pods; does nothing when there is none.</summary>
    public async Task<KubeError?> RemoveAsync(TunnelDiagnosis diagnosis, CancellationToken ct)
    {
        if (cluster.DaemonSetOf(diagnosis.Metadata.Uid!) is not { Metadata: { DeletionTimestamp: null, Name: { } name } metadata })
            return null;
        var error = (await client.DeleteAsync(BuiltInTypes.DaemonSet, metadata.Namespace, name, metadata.Uid, ct)).Error;
        // Another one of the same name took its place; the cache will show it.
        return error is { Kind: KubeErrorKind.Conflict } ? null : error;
    }

    /// <summary>Lets go of a diagnosis that is gone.</summary>
    public void Forget(string diagnosisUid) => _applied.TryRemove(diagnosisUid, out _);

    private bool IsAsApplied(DaemonSet? existing, DaemonSet intent, TunnelDiagnosis diagnosis)
    {
        if (existing is null || AppliedTo(existing) != AppliedTo(intent) || !Ownership.IsOwnedBy(existing, diagnosis))
            return false;
        var metadata = existing.Metadata;
        // The generation counts changes of the spec. Applied by an earlier process: as it was created, or looked at once more.
        return _applied.TryGetValue(diagnosis.Metadata.Uid!, out var known) && known.Uid == metadata.Uid
            ? metadata.Generation <= known.Generation
            : metadata.Generation is null or 1;
    }

    private static string? AppliedTo(DaemonSet? daemonSet) => daemonSet?.Metadata.Annotations?.GetValueOrDefault(AppliedAnnotation);

    private static DaemonSet Stamp(DaemonSet intent)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(intent, CoreJsonContext.Default.DaemonSet);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 8));
        return intent with
        {
            Metadata = intent.Metadata with { Annotations = new Dictionary<string, string> { [AppliedAnnotation] = fingerprint } },
        };
    }

    private sealed record Applied(string? Uid, long? Generation);
}
