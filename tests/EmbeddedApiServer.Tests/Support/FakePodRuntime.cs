// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Support;

/// <summary>Pods as entries in a list; a test ends them as it likes. Images that are not "known" are refused.</summary>
public sealed class FakePodRuntime : IPodRuntime
{
    private readonly ConcurrentQueue<FakePodProcess> _started = new();

    public IReadOnlyList<FakePodProcess> Started => [.. _started];

    public IEnumerable<FakePodProcess> Alive => _started.Where(process => !process.Exited.IsCompleted);

    public Task<IPodProcess> StartAsync(PodStart pod, CancellationToken ct)
    {
        if (!pod.Image.StartsWith("known", StringComparison.Ordinal))
            throw PodRefusedException.UnknownImage(pod.Image);
        var process = new FakePodProcess(pod, File.ReadAllText(Path.Combine(pod.ServiceAccountDirectory, "token")));
        _started.Enqueue(process);
        return Task.FromResult<IPodProcess>(process);
    }
}

public sealed class FakePodProcess(PodStart start, string token) : IPodProcess
{
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PodStart Start => start;

    /// <summary>The token that lay in the folder when the process was started.</summary>
    public string Token => token;

    public TimeSpan? StoppedWithin { get; private set; }

    public Task<int> Exited => _exit.Task;

    public string LogTail => "the last line";

    public void End(int code) => _exit.TrySetResult(code);

    public Task StopAsync(TimeSpan grace)
    {
        StoppedWithin = grace;
        _exit.TrySetResult(143);
        return Task.CompletedTask;
    }
}
