// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Chaos.Runs;

/// <summary>
/// Writes down every status of every diagnosis, in order. It follows the server more closely than an informer does: it comes back at once from the
/// last version that it saw, so that only what a compaction took is missing.
/// </summary>
internal sealed class StatusChronicle(IKubernetesClient client)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, List<TunnelDiagnosisStatus>> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _versions = new(StringComparer.Ordinal);

    /// <summary>Follows until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var list = await client.ListAsync(CrdTypes.TunnelDiagnosis, new ListOptions(), ct);
            foreach (var diagnosis in list.Value?.Items ?? []) Enter(diagnosis);
            if (list.Value?.Metadata.ResourceVersion is { } version) await FollowAsync(version, ct);
            await Task.Delay(Pause, ct);
        }
    }

    /// <summary>What was seen of a diagnosis.</summary>
    public IReadOnlyList<TunnelDiagnosisStatus> Of(string uid)
    {
        if (!_entries.TryGetValue(uid, out var entries)) return [];
        lock (entries) return [.. entries];
    }

    /// <summary>Watches, again and again, until the server has forgotten where we were.</summary>
    private async Task FollowAsync(string version, CancellationToken ct)
    {
        while (true)
        {
            await foreach (var frame in client.WatchAsync(CrdTypes.TunnelDiagnosis, new WatchOptions { ResourceVersion = version, Timeout = TimeSpan.FromMinutes(2) }, ct))
            {
                if (frame.Error is { Kind: KubeErrorKind.Expired }) return;
                if (frame.Object is { } diagnosis) Enter(diagnosis);
                version = frame.ResourceVersion ?? version;
            }

            await Task.Delay(Pause, ct);
        }
    }

    private void Enter(TunnelDiagnosis diagnosis)
    {
        var uid = diagnosis.Metadata.Uid!;
        if (diagnosis.Status is not { } status || _versions.GetValueOrDefault(uid) == diagnosis.Metadata.ResourceVersion) return;
        _versions[uid] = diagnosis.Metadata.ResourceVersion;
        var entries = _entries.GetOrAdd(uid, _ => []);
        lock (entries) entries.Add(status);
    }
}
