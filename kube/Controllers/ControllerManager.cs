// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// Starts and stops in the right order: caches first and synced, then controllers; controllers end before the caches that they
/// read from.
/// </summary>
public sealed class ControllerManager(TimeProvider time, KubeLog? log = null)
{
    private readonly List<IInformer> _informers = [];
    private readonly List<IController> _controllers = [];

    /// <summary>How long the first lists may take together; failing it fails the start.</summary>
    public TimeSpan SyncLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether every cache is filled.</summary>
    public bool IsReady => _informers.TrueForAll(informer => informer.HasSynced);

    public ControllerManager Add(IInformer informer)
    {
        _informers.Add(informer);
        return this;
    }

    public ControllerManager Add(IController controller)
    {
        _controllers.Add(controller);
        return this;
    }

    /// <summary>Runs until it is cancelled. An exception is a bug in a part, or a cache that did not fill in time; both end the program.</summary>
    /// <exception cref="TimeoutException">A cache did not fill in time.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        using var cacheStop = new CancellationTokenSource();
        using var workStop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var caches = _informers.ConvertAll(informer => Task.Run(() => informer.RunAsync(cacheStop.Token), CancellationToken.None));
        List<Task> work = [];
        try
        {
            await WaitForCachesAsync(caches, ct);
            work = _controllers.ConvertAll(controller => Task.Run(() => controller.RunAsync(workStop.Token), CancellationToken.None));
            // A part that ends while nobody asked for it ends with its exception, and the rest must not go on without it.
            await await Task.WhenAny([Task.Delay(Timeout.InfiniteTimeSpan, ct), .. work, .. caches]);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            log?.Invoke(KubeLogLevel.Debug, "The start was cancelled.");
        }
        finally
        {
            await workStop.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await cacheStop.CancelAsync();
            await Task.WhenAll(caches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitForCachesAsync(List<Task> caches, CancellationToken ct)
    {
        long start = time.GetTimestamp();
        foreach (IInformer informer in _informers)
        {
            TimeSpan left = SyncLimit - time.GetElapsedTime(start);
            Task<bool> synced = informer.WaitForSyncAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, ct);
            Task first = await Task.WhenAny([synced, .. caches]);
            if (first != synced) await first;
            if (!await synced) throw new TimeoutException($"The cache of {informer.Name} did not fill within {SyncLimit}.");
        }
    }
}
