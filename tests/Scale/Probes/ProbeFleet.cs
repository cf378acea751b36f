// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.Scale.Mesh;

namespace KubeWgDiag.Scale.Probes;

/// <summary>The probes of all nodes: a few whole agents, the others simulated.</summary>
internal sealed class ProbeFleet(string kubeconfig, PreparedStatuses statuses, MeshPlan plan, Timeline timeline, string logFile) : IAsyncDisposable
{
    public const string UserAgent = "kubewgdiag-probe";

    private readonly CancellationTokenSource _stop = new();
    private readonly List<KubernetesClient> _clients = [];
    private readonly StreamWriter _writer = new(logFile, append: false);
    private readonly List<Task> _running = [];
    private IReadOnlyList<int> _whole = [];

    private AgentLog Log => new(TextWriter.Synchronized(_writer), TimeProvider.System);

    /// <summary>Starts the simulated ones; the whole agents come when the diagnosis is there.</summary>
    public void Start(int nodes, int agents, int connections)
    {
        // Spread over the mesh; none on a node with a fault is left out on purpose.
        _whole = [.. Enumerable.Range(0, Math.Min(agents, nodes)).Select(index => (int)((long)index * nodes / agents))];
        var options = new KubernetesClientOptions { UserAgent = UserAgent, MaxRetries = 0, CallLimit = TimeSpan.FromSeconds(15), Log = Log.OfClient };
        for (var i = 0; i < connections; i++)
            _clients.Add(Clients.Make(kubeconfig, options));
        var whole = _whole.ToHashSet();
        _running.Add(new SimulatedProbes(_clients, statuses, node => !whole.Contains(node), timeline, Log).RunAsync(_stop.Token));
    }

    /// <summary>Starts the whole agents.</summary>
    public void StartAgents(string diagnosisUid) => _running.Add(
        new WholeAgents(kubeconfig, plan.AsRead, Log).RunAsync(_whole, diagnosisUid, _stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients)
            client.Dispose();
        await _writer.DisposeAsync();
        _stop.Dispose();
    }
}
