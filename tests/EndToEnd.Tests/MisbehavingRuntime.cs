// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>What is wrong with the probe of one node.</summary>
public enum Misbehaviour
{
    None,

    /// <summary>The runtime refuses the image.</summary>
    Refuses,

    /// <summary>The container is never started.</summary>
    NeverStarts,

    /// <summary>The program ends at once.</summary>
    EndsAtOnce,

    /// <summary>The program runs and says nothing.</summary>
    StaysSilent,
}

/// <summary>A runtime that does its work on all nodes but one.</summary>
internal sealed class MisbehavingRuntime(IPodRuntime runtime) : IPodRuntime
{
    public const string Node = "node-3";

    public Misbehaviour Misbehaviour { get; set; }

    public async Task<IPodProcess> StartAsync(PodStart pod, CancellationToken ct)
    {
        if (pod.Node != Node)
            return await runtime.StartAsync(pod, ct);
        switch (Misbehaviour)
        {
            case Misbehaviour.Refuses:
                throw new PodRefusedException("ErrImagePull", "the registry says no");
            case Misbehaviour.NeverStarts:
                await Task.Delay(Timeout.Infinite, ct);
                throw new InvalidOperationException("an endless wait has ended");
            case Misbehaviour.EndsAtOnce:
                return new Fake(Task.FromResult(1));
            case Misbehaviour.StaysSilent:
                return new Fake(new TaskCompletionSource<int>().Task);
            default:
                return await runtime.StartAsync(pod, ct);
        }
    }

    private sealed class Fake(Task<int> exited) : IPodProcess
    {
        public Task<int> Exited { get; } = exited;

        public string LogTail => "no word";

        public Task StopAsync(TimeSpan grace) => Task.CompletedTask;
    }
}
