// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The kubelet of every embedded node: one runner per pod that is placed on one of them.</summary>
internal sealed class NodeAgent(ClusterObjects objects, AgentSettings settings, ServiceAccountFolders accounts, PodLogs logs) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodRunner> _runners = new();

    public Task RunAsync(CancellationToken ct) => new ControlLoop(objects.Signal("pods"), SyncAsync).RunAsync(ct);

    /// <summary>New tokens for all pods, now.</summary>
    public void RenewTokens()
    {
        foreach (PodRunner runner in _runners.Values)
            runner.RenewToken();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_runners.Values.Select(runner => runner.DisposeAsync().AsTask()));
        accounts.Dispose();
    }

    private async Task SyncAsync()
    {
        Dictionary<string, StoredObject> pods = objects.List("pods").Where(pod => PodView.Of(pod).IsPlaced && settings.Nodes.Contains(PodView.Of(pod).Node)).ToDictionary(pod => pod.Uid);
        foreach ((string uid, StoredObject pod) in pods)
        {
            if (!_runners.TryGetValue(uid, out PodRunner? runner))
            {
                runner = new PodRunner(pod, objects, settings, accounts, logs);
                _runners[uid] = runner;
                runner.Start();
            }

            if (pod.IsTerminating)
                runner.Terminate(TimeSpan.FromSeconds(pod.Thaw().Number("metadata", "deletionGracePeriodSeconds") ?? 0));
        }

        foreach (string gone in _runners.Keys.Except(pods.Keys).ToArray())
        {
            await _runners[gone].DisposeAsync();
            _runners.TryRemove(gone, out _);
        }
    }
}
