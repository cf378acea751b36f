// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.LeaderElection;
using KubeWgDiag.Kube.Tests.LeaderElection;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Controllers;

public sealed class ControllerManagerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _order = new();
    private readonly FakeLeases _leases = new();

    [Fact]
    public async Task RunAsync_StartAndStop_CachesFirstAndLast()
    {
        using var stop = new CancellationTokenSource();
        var cache = new FakeCache(_order, _time);
        Task running = new ControllerManager(_time).Add(cache).Add(new FakePart(_order, "controller")).RunAsync(stop.Token);
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
        Task running = new ControllerManager(_time).Add(new FakeCache(_order, _time)).Add(new FakePart(_order, "controller")).RunAsync(CancellationToken.None);

        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromSeconds(10));

        await Should.ThrowAsync<TimeoutException>(() => running);
        _order.ShouldBe(["cache starts", "cache ends"]);
    }

    [Fact]
    public async Task RunAsync_ControllerBreaks_EndsTheOthersAndThrows()
    {
        var cache = new FakeCache(_order, _time);
        cache.Synced.SetResult();
        var broken = new FakePart(_order, "broken", new InvalidOperationException("a bug"));

        await Should.ThrowAsync<InvalidOperationException>(() =>
            new ControllerManager(_time).Add(cache).Add(new FakePart(_order, "controller")).Add(broken).RunAsync(CancellationToken.None));

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

    [Fact]
    public async Task RunAsync_PartEndsByItself_IsAFailure()
    {
        var cache = new FakeCache(_order, _time);
        cache.Synced.SetResult();
        var quitter = new Quitter();

        InvalidOperationException failure = await Should.ThrowAsync<InvalidOperationException>(() =>
            new ControllerManager(_time).Add(cache).AddEverywhere(quitter).RunAsync(CancellationToken.None));

        failure.Message.ShouldContain("quitter");
        _order.Last().ShouldBe("cache ends");
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeTheServersStart_EndsQuietly()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await new ControllerManager(_time).Add(new FakeServer(_order)).Add(new FakeCache(_order, _time)).RunAsync(stop.Token);

        _order.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_Everything_StartsInOrderAndStopsInReverseWithTheLeaseReleasedAfterTheWork()
    {
        using var stop = new CancellationTokenSource();
        var cache = new FakeCache(_order, _time);
        ControllerManager manager = WithElection("a").Add(new FakePart(_order, "controller"))
            .AddEverywhere(new FakePart(_order, "events")).Add(cache).Add(new FakeServer(_order));
        Task running = manager.RunAsync(stop.Token);
        await FakeTime.UntilAsync(() => _order.Count == 2);
        manager.IsReady.ShouldBeFalse();
        cache.Synced.SetResult();
        await FakeTime.UntilAsync(() => _order.Contains("controller starts"));
        (manager.IsReady, manager.IsHealthy).ShouldBe((true, true));

        await stop.CancelAsync();
        await running;

        _order.ShouldBe(
        [
            "server starts", "cache starts", "events starts", "a leads", "controller starts",
            "controller ends", "events ends", "cache ends", "a leads no more", "server ends",
        ]);
        _leases.Holder.ShouldBe("");
    }

    [Fact]
    public async Task RunAsync_AnotherOneLeads_KeepsWarmCachesAndTakesOverWhenItReleases()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "other", LeaseDurationSeconds = 15 });
        using var stop = new CancellationTokenSource();
        var cache = new FakeCache(_order, _time);
        cache.Synced.SetResult();
        ControllerManager manager = WithElection("a").Add(new FakePart(_order, "controller")).AddEverywhere(new FakePart(_order, "events")).Add(cache).Add(new FakeServer(_order));
        Task running = manager.RunAsync(stop.Token);
        await FakeTime.UntilAsync(() => _leases.Log.Count > 0 && _order.Contains("events starts"));
        (manager.IsReady, _order.Contains("controller starts")).ShouldBe((true, false));

        _leases.Put(new LeaseSpec { HolderIdentity = "", LeaseDurationSeconds = 1 });
        await _time.AdvanceUntilAsync(() => _order.Contains("controller starts"), TimeSpan.FromMilliseconds(500));

        await stop.CancelAsync();
        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(100));
        await running;
    }

    [Fact]
    public async Task RunAsync_StoppedWhileAnotherLeads_LeavesTheLeaseAlone()
    {
        _leases.Put(new LeaseSpec { HolderIdentity = "other", LeaseDurationSeconds = 15 });
        using var stop = new CancellationTokenSource();
        Task running = WithElection("a").Add(new FakePart(_order, "controller")).RunAsync(stop.Token);
        await FakeTime.UntilAsync(() => _leases.Log.Count > 0);

        await stop.CancelAsync();
        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(100));

        await running;
        _leases.Holder.ShouldBe("other");
        _order.ShouldBe(["a leads no more"]);
    }

    [Fact]
    public async Task RunAsync_LeadershipLost_CutsEverythingOffAndThrowsWithoutWaiting()
    {
        var never = new TaskCompletionSource();
        var stubborn = new FakePart(_order, "controller") { Finish = _ => never.Task };
        Task running = WithElection("a").Add(stubborn).Add(new FakeServer(_order)).RunAsync(CancellationToken.None);
        await FakeTime.UntilAsync(() => _order.Contains("controller starts"));

        _leases.Put(new LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15 });
        DateTimeOffset lost = _time.GetUtcNow();
        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(500));

        await Should.ThrowAsync<LeadershipLostException>(() => running);
        (_time.GetUtcNow() - lost).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await FakeTime.UntilAsync(() => _order.Contains("controller is cut off"));
        _leases.Holder.ShouldBe("thief");
    }

    [Fact]
    public async Task RunAsync_LeadershipLostWhileStopping_CutsTheRestOff()
    {
        using var stop = new CancellationTokenSource();
        var slow = new FakePart(_order, "controller") { Finish = abort => Task.Delay(Timeout.InfiniteTimeSpan, abort) };
        Task running = WithElection("a").Add(slow).RunAsync(stop.Token);
        await FakeTime.UntilAsync(() => _order.Contains("controller starts"));
        await stop.CancelAsync();

        _leases.Put(new LeaseSpec { HolderIdentity = "thief", LeaseDurationSeconds = 15 });
        DateTimeOffset lost = _time.GetUtcNow();
        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(500));

        await running;
        (_time.GetUtcNow() - lost).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        _order.ShouldContain("controller is cut off");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_WorkDoesNotEnd_IsCutOffAfterTheGracefulTimeAndTheLeaseIsReleasedAllTheSame(bool listens)
    {
        using var stop = new CancellationTokenSource();
        var slow = new FakePart(_order, "controller") { Finish = abort => Task.Delay(Timeout.InfiniteTimeSpan, listens ? abort : CancellationToken.None) };
        Task running = WithElection("a").Add(slow).Add(new FakeServer(_order)).RunAsync(stop.Token);
        await FakeTime.UntilAsync(() => _order.Contains("controller starts"));
        DateTimeOffset asked = _time.GetUtcNow();

        await stop.CancelAsync();
        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(500));

        await running;
        (_time.GetUtcNow() - asked).ShouldBeInRange(TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(listens ? 33 : 38));
        _order.Contains("controller is cut off").ShouldBe(listens);
        _order.Last().ShouldBe("server ends");
        _leases.Holder.ShouldBe("");
    }

    private ControllerManager WithElection(string identity)
    {
        var options = new LeaderElectionOptions { Namespace = "ns", Name = "work", Identity = identity };
        var callbacks = new LeaderCallbacks
        {
            StartedLeading = () => _order.Enqueue($"{identity} leads"),
            StoppedLeading = () => _order.Enqueue($"{identity} leads no more"),
        };
        return new ControllerManager(_time) { Election = new LeaderElector(_leases.ClientOf(identity), options, callbacks, _time, () => 0) };
    }

    private sealed class Quitter : IRunnable
    {
        public string Name => "quitter";

        public Task RunAsync(CancellationToken stop, CancellationToken abort) => Task.CompletedTask;
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

    private sealed class FakePart(ConcurrentQueue<string> order, string name, Exception? bug = null) : IController
    {
        public Func<CancellationToken, Task> Finish { get; init; } = _ => Task.CompletedTask;

        public string Name => name;

        public async Task RunAsync(CancellationToken stop, CancellationToken abort)
        {
            order.Enqueue($"{name} starts");
            if (bug is not null) throw bug;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, abort);
            await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!abort.IsCancellationRequested) await Finish(abort).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            order.Enqueue(abort.IsCancellationRequested ? $"{name} is cut off" : $"{name} ends");
        }
    }

    private sealed class FakeServer(ConcurrentQueue<string> order) : IManagedServer
    {
        public Task StartAsync(CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            order.Enqueue("server starts");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken abort)
        {
            order.Enqueue("server ends");
            return Task.CompletedTask;
        }
    }
}
