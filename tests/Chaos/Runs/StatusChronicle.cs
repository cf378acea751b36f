// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;

namespace KubeWgDiag.Chaos.Runs;

/// <summary>Writes down every status of every diagnosis that the judge's watch shows, in order.</summary>
internal sealed class StatusChronicle
{
    private readonly ConcurrentDictionary<string, List<TunnelDiagnosisStatus>> _entries = new(StringComparer.Ordinal);
    private readonly Informer<TunnelDiagnosis> _informer;

    public StatusChronicle(IKubernetesClient client)
    {
        _informer = new Informer<TunnelDiagnosis>(client, CrdTypes.TunnelDiagnosis, new(), TimeProvider.System);
        _informer.AddHandler(change =>
        {
            if (change.New is not { Status: { } status, Metadata.Uid: { } uid }) return;
            var entries = _entries.GetOrAdd(uid, _ => []);
            lock (entries) entries.Add(status);
        });
    }

    public Task RunAsync(CancellationToken ct) => _informer.RunAsync(ct);

    /// <summary>What was seen of a diagnosis; versions that came and went while the server was away are missing.</summary>
    public IReadOnlyList<TunnelDiagnosisStatus> Of(string uid)
    {
        if (!_entries.TryGetValue(uid, out var entries)) return [];
        lock (entries) return [.. entries];
    }
}
