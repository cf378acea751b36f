// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>The in-cluster agent: a feed of what is asked for and a worker that answers.</summary>
public sealed class ProbeAgent(INodeProbeFeed feed, RunInbox inbox, RunWorker worker)
{
    /// <summary>Puts an agent together; nothing starts before <see cref="RunAsync"/>.</summary>
    public static ProbeAgent Create(IKubernetesClient client, INodeProbeFeed feed, IFactsCollector collector, AgentContext context)
    {
        var inbox = new RunInbox(context.Settings, context.Log);
        var executor = new RunExecutor(collector, context.Settings, context.Time, context.ProbeVersion);
        var delivery = new StatusDelivery(client, context.Time, context.Jitter, context.Log);
        return new ProbeAgent(feed, inbox, new RunWorker(inbox, executor, delivery, context.Log));
    }

    /// <summary>Runs until cancelled. When one half ends by an error, the other is stopped and the error is thrown.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] halves = [feed.RunAsync(inbox, stop.Token), worker.RunAsync(stop.Token)];
        var first = await Task.WhenAny(halves);
        await stop.CancelAsync();
        await Task.WhenAll(halves).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}

/// <summary>What every part of the agent needs.</summary>
/// <param name="Settings">Who it is.</param>
/// <param name="Time">The clock.</param>
/// <param name="Jitter">Numbers in [0, 1) that spread retries.</param>
/// <param name="Log">Where it speaks.</param>
/// <param name="ProbeVersion">Goes into every status.</param>
public sealed record AgentContext(AgentSettings Settings, TimeProvider Time, Func<double> Jitter, AgentLog Log, string ProbeVersion);
