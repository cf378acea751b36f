// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Controllers;

public sealed class ControllerManagerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _order = new();

    [Fact]
    public async Task RunAsync_StartAndStop_CachesFirstAndLast()
    {
        using var stop = new CancellationTokenSource();
        var cache = new FakeCache(_order, _time);
        Task running = new ControllerManager(_time).Add(cache).Add(new FakeController(_order)).RunAsync(stop.Token);
        await FakeTime.UntilAsync(() => _order.Count == 1);

        cache.Synced.SetResult();
        await FakeTime.UntilAsync(() => _order.Count == 2);
        await stop.CancelAsync();
        await running;

        _order.ShouldBe(["cache starts", "controller starts", "controller ends", "cache ends"]);
    }

    [Fact]
    public async Task RunAsync_CacheNeverFills_FailsTheStartAndStopsTheCache()
    {
        Task running = new ControllerManager(_time).Add(new FakeCache(_order, _time)).Add(new FakeController(_order)).RunAsync(CancellationToken.None);

        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromSeconds(10));

        await Should.ThrowAsync<TimeoutException>(() => running);
        _order.ShouldBe(["cache starts", "cache ends"]);
    }

    [Fact]
    public async Task RunAsync_ControllerBreaks_EndsTheOthersAndThrows()
    {
        var cache = new FakeCache(_order, _time);
        cache.Synced.SetResult();
        var broken = new FakeController(_order, new InvalidOperationException("a bug"));

        await Should.ThrowAsync<InvalidOperationException>(() =>
            new ControllerManager(_time).Add(cache).Add(new FakeController(_order)).Add(broken).RunAsync(CancellationToken.None));

        _order.Last().ShouldBe("cache ends");
        _order.ShouldContain("controller ends");
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeTheCachesFill_EndsQuietly()
    {
        using var stop = new CancellationTokenSource();
        Task running = new ControllerManager(_time).Add(new FakeCache(_order, _time)).RunAsync(stop.Token);

        await stop.CancelAsync();

        await running;
        _order.Last().ShouldBe("cache ends");
    }

    private sealed class FakeCache(ConcurrentQueue<string> order, TimeProvider time) : IInformer
    {
        public TaskCompletionSource Synced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "fakes";

        public bool HasSynced => Synced.Task.IsCompleted;

        public async Task RunAsync(CancellationToken ct)
        {
            order.Enqueue("cache starts");
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            order.Enqueue("cache ends");
            ct.ThrowIfCancellationRequested();
        }

        public async Task<bool> WaitForSyncAsync(TimeSpan limit, CancellationToken ct)
        {
            await Synced.Task.WaitAsync(limit, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            return HasSynced;
        }
    }

    private sealed class FakeController(ConcurrentQueue<string> order, Exception? bug = null) : IController
    {
        public string Name => "fake";

        public async Task RunAsync(CancellationToken ct)
        {
            order.Enqueue("controller starts");
            if (bug is not null) throw bug;
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            order.Enqueue("controller ends");
        }
    }
}
