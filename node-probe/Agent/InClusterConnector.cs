// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Makes agents with the service account of the pod.</summary>
public sealed class InClusterConnector(IFactsCollector collector, TimeProvider time, string probeVersion) : IAgentConnector
{
    /// <inheritdoc/>
    public bool TryConnect(AgentSettings settings, AgentLog log, [NotNullWhen(true)] out ProbeAgent? agent, [NotNullWhen(false)] out string? problem)
    {
        var options = new KubernetesClientOptions
        {
            UserAgent = $"kubewgdiag-probe/{probeVersion}",
            // Retrying is the agent's own task: it knows when a newer status makes an attempt pointless.
            MaxRetries = 0,
            CallLimit = TimeSpan.FromSeconds(15),
            Log = log.OfClient,
        };
        var client = KubernetesClientFactory.InCluster(time, options);
        (agent, problem) = (null, null);
        if (!client.IsSuccess)
        {
            problem = client.Error.Message;
            return false;
        }

        var context = new AgentContext(settings, time, SystemJitter.Next, log, probeVersion);
        agent = ProbeAgent.Create(client.Value, new InformerFeed(client.Value, context), collector, context);
        return true;
    }
}
