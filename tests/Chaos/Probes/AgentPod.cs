// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.Chaos.Probes;

/// <summary>One probe agent, put together as the program does it in a pod.</summary>
internal sealed class AgentPod : IPodProcess
{
    private const int Killed = 137;
    private const int Broken = 1;

    /// <summary>The exit code, as soon as somebody wants the agent to end.</summary>
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentPod() => Exited = Task.FromResult(Broken);

    public Task<int> Exited { get; private set; }

    public string LogTail => "";

    public static AgentPod Start(PodStart pod, MeshWorld world, Func<double> dice)
    {
        var agent = new AgentPod();
        agent.Exited = Task.Run(() => agent.RunAsync(pod, world, dice));
        return agent;
    }

    /// <summary>Ends without a last word.</summary>
    public void Kill() => _end.TrySetResult(Killed);

    public Task StopAsync(TimeSpan grace)
    {
        _end.TrySetResult(0);
        return Exited;
    }

    private async Task<int> RunAsync(PodStart pod, MeshWorld world, Func<double> dice)
    {
        var log = new AgentLog(TextWriter.Null, TimeProvider.System);
        var access = InClusterCredentials.Load(name => pod.Environment.GetValueOrDefault(name), pod.ServiceAccountDirectory, TimeProvider.System, log.OfClient);
        if (!access.IsSuccess || !AgentSettings.TryRead(name => pod.Environment.GetValueOrDefault(name), out var settings, out _)) return Broken;

        var options = new KubernetesClientOptions { UserAgent = "kubewgdiag-probe", MaxRetries = 0, CallLimit = TimeSpan.FromSeconds(15), Log = log.OfClient, Jitter = dice };
        using var client = KubernetesClientFactory.Create(access.Value, TimeProvider.System, options);
        var context = new AgentContext(settings, TimeProvider.System, dice, log, "chaos");
        var agent = ProbeAgent.Create(client, new InformerFeed(client, context), new MeshCollector(world, settings.DiagnosisUid, dice), context);
        using var stop = new CancellationTokenSource();
        var running = agent.RunAsync(stop.Token);
        await Task.WhenAny(running, _end.Task);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _end.Task.IsCompleted ? await _end.Task : Broken;
    }
}
