// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.Scale.Mesh;

namespace KubeWgDiag.Scale.Probes;

/// <summary>
/// The probe's agent as it is, each with a connection and a watch of its own; only the reading of the node is replaced. What it asks of the server is counted
/// under its user agent, so the simulated ones can be held against it.
/// </summary>
internal sealed class WholeAgents(string kubeconfig, Func<int, NodeFacts> factsOf, AgentLog log)
{
    public const string UserAgent = "kubewgdiag-probe-whole";

    /// <summary>Runs the agents of some nodes until it is cancelled.</summary>
    /// <param name="nodes">Numbers of the nodes.</param>
    /// <param name="diagnosisUid">What the pod's environment tells a probe.</param>
    /// <param name="ct">Ends all of them.</param>
    public Task RunAsync(IEnumerable<int> nodes, string diagnosisUid, CancellationToken ct) => Task.WhenAll(nodes.Select(node => RunAsync(node, diagnosisUid, ct)));

    private async Task RunAsync(int node, string diagnosisUid, CancellationToken ct)
    {
        var options = new KubernetesClientOptions { UserAgent = UserAgent, MaxRetries = 0, CallLimit = TimeSpan.FromSeconds(15), Log = log.OfClient };
        using var client = Clients.Make(kubeconfig, options);
        var context = new AgentContext(new AgentSettings(MeshPlan.Name(node), diagnosisUid), TimeProvider.System, SystemJitter.Next, log, "scale");
        await ProbeAgent.Create(client, new InformerFeed(client, context), new Collector(node, factsOf), context).RunAsync(ct);
    }

    private sealed class Collector(int node, Func<int, NodeFacts> factsOf) : IFactsCollector
    {
        public async Task<NodeFacts> CollectAsync(CollectionRequest request, CancellationToken ct)
        {
            await Task.Delay(request.Observation, ct);
            return factsOf(node);
        }
    }
}
