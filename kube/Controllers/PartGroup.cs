// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Controllers;

/// <summary>Parts that are started and stopped together.</summary>
internal sealed class PartGroup(IReadOnlyList<IRunnable> parts) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    /// <summary>The running parts: each fails when its part ends without having been asked to.</summary>
    public IReadOnlyList<Task> Running => _running;

    public void Start(CancellationToken abort)
    {
        foreach (IRunnable part in parts) _running.Add(Task.Run(() => RunAsync(part, abort), CancellationToken.None));
    }

    /// <summary>Tells the parts to stop; ends when all have ended, however.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(IRunnable part, CancellationToken abort)
    {
        await part.RunAsync(_stop.Token, abort);
        if (!_stop.IsCancellationRequested && !abort.IsCancellationRequested) throw new InvalidOperationException($"{part.Name} ended by itself.");
    }
}
