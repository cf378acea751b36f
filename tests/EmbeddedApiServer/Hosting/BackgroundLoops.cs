// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>The controllers' loops: each is started again after a fault, with a pause, and the fault is reported.</summary>
internal sealed class BackgroundLoops(TimeProvider time, Action<string>? report) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public CancellationToken Stopping => _stop.Token;

    public void Start(string name, Func<CancellationToken, Task> loop) => _running.Add(Task.Run(() => GuardAsync(name, loop)));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }

    private async Task GuardAsync(string name, Func<CancellationToken, Task> loop)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await loop(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The outer edge of a controller: a fault must not end the cluster, and must not pass unseen.
                report?.Invoke($"{name}: {error}");
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }
    }
}
