// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text.Json;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Probes;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Brings probes onto the nodes and takes them away again.</summary>
internal sealed class ProbePlacement(IKubernetesClient client, IClusterView cluster, ProbeSettings settings, string @namespace)
{
    /// <summary>Fingerprint of what was applied: the stored object has the server's defaults in it and cannot be compared with the intent.</summary>
    private const string AppliedAnnotation = "kubewgdiag.io/applied";

    /// <summary>Makes the DaemonSet what it should be; does nothing when it is. Gives the server's refusal.</summary>
    public async Task<KubeError?> PlaceAsync(TunnelDiagnosis diagnosis, CancellationToken ct)
    {
        var intent = Stamp(DaemonSetBuilder.Build(diagnosis, settings, @namespace));
        var existing = cluster.DaemonSetOf(diagnosis.Metadata.Uid!);
        // One that is being deleted is left alone: its disappearance brings us back here.
        if (existing?.Metadata.DeletionTimestamp is not null || AppliedTo(existing) == AppliedTo(intent))
            return null;
        return (await client.ApplyAsync(BuiltInTypes.DaemonSet, intent, FieldManagers.Children, ct)).Error;
    }

    /// <summary>Removes the DaemonSet and with it the privileged pods; does nothing when there is none.</summary>
    public async Task<KubeError?> RemoveAsync(TunnelDiagnosis diagnosis, CancellationToken ct)
    {
        if (cluster.DaemonSetOf(diagnosis.Metadata.Uid!) is not { Metadata: { DeletionTimestamp: null, Name: { } name } metadata })
            return null;
        return (await client.DeleteAsync(BuiltInTypes.DaemonSet, metadata.Namespace, name, metadata.Uid, ct)).Error;
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
}
