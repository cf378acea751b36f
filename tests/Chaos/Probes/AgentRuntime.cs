// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.EmbeddedApiServer;

namespace KubeWgDiag.Chaos.Probes;

/// <summary>The container runtime of the nodes: a probe pod is a real agent in this process, with the pod's own credentials.</summary>
internal sealed class AgentRuntime(MeshWorld world, int seed) : IPodRuntime
{
    public const string Image = "localhost/kubewgdiag-probe:chaos";

    private readonly ConcurrentDictionary<AgentPod, bool> _running = new();
    private readonly Random _dice = new(seed);

    /// <summary>Agents that run now.</summary>
    public int Running => _running.Count;

    public Task<IPodProcess> StartAsync(PodStart pod, CancellationToken ct)
    {
        if (pod.Image != Image) throw new PodRefusedException("ErrImagePull", $"there is {Image} only");
        var agent = AgentPod.Start(pod, world, Roll);
        _running.TryAdd(agent, true);
        _ = agent.Exited.ContinueWith(_ => _running.TryRemove(agent, out var _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return Task.FromResult<IPodProcess>(agent);
    }

    /// <summary>Kills one as the kernel kills a process that takes too much memory; false when none runs.</summary>
    public bool KillOne(Random dice)
    {
        AgentPod[] running = [.. _running.Keys];
        if (running.Length == 0) return false;
        running[dice.Next(running.Length)].Kill();
        return true;
    }

    private double Roll()
    {
        lock (_dice) return _dice.NextDouble();
    }
}
