// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Controllers;

public sealed class ControllerTests : IAsyncLifetime, IDisposable, IEntityController<Widget>
{
    private readonly FakeKubernetesClient _client = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly KubeMetrics _metrics = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly Controller<Widget> _controller;
    private readonly Informer<Widget> _informer;
    private Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>> _reconcile =
        (entity, _) => Task.FromResult(ReconciliationResult<Widget>.Success(entity));

    private Func<Task> _deleted = () => Task.CompletedTask;
    private Task _running = Task.CompletedTask;

    public ControllerTests()
    {
        _informer = new Informer<Widget>(_client, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, _time);
        _controller = new Controller<Widget>(_informer, this, new ControllerOptions { Name = "widgets" }, _metrics, _time);
    }

    [Fact]
    public async Task Run_ListedObjects_AreReconciled()
    {
        _client.NextList("5", Widget.Named("a"), Widget.Named("b"));
        Start();

        await FakeTime.UntilAsync(() => _calls.Count == 2);

        _calls.ShouldBe(["reconcile a@1", "reconcile b@1"], ignoreOrder: true);
    }

    [Fact]
    public async Task Run_Exception_IsTriedAgainWithGrowingWaitsAndNeverEndsTheController()
    {
        int failures = 0;
        _reconcile = (entity, _) => failures++ < 3 ? throw new InvalidOperationException("a bug") : Task.FromResult(ReconciliationResult<Widget>.Success(entity));
        _client.NextList("5", Widget.Named("a"));
        Start();

        await _time.AdvanceUntilAsync(() => _calls.Count == 4, TimeSpan.FromMilliseconds(1));

        _running.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_SuccessWithRequeue_ComesBackAfterThatTime()
    {
        _reconcile = (entity, _) => Task.FromResult(ReconciliationResult<Widget>.Success(entity, TimeSpan.FromSeconds(30)));
        _client.NextList("5", Widget.Named("a"));
        Start();
        await FakeTime.UntilAsync(() => _calls.Count == 1);
        DateTimeOffset first = _time.GetUtcNow();

        await _time.AdvanceUntilAsync(() => _calls.Count == 2, TimeSpan.FromSeconds(1));

        (_time.GetUtcNow() - first).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Run_Failure_ComesBackByItself()
    {
        bool fail = true;
        _reconcile = (entity, _) =>
        {
            ReconciliationResult<Widget> result = fail ? ReconciliationResult<Widget>.Failure(entity, "not yet") : ReconciliationResult<Widget>.Success(entity);
            fail = false;
            return Task.FromResult(result);
        };
        _client.NextList("5", Widget.Named("a"));
        Start();

        await _time.AdvanceUntilAsync(() => _calls.Count == 2, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Run_Deletion_IsToldUntilItSucceeds()
    {
        int failures = 0;
        _deleted = () => failures++ == 0 ? throw new InvalidOperationException("a bug") : Task.CompletedTask;
        _client.NextList("5", Widget.Named("a"));
        _client.NextWatch(end: false, FakeKubernetesClient.Frame(WatchEventType.Deleted, Widget.Named("a", version: "9")));
        Start();

        await _time.AdvanceUntilAsync(() => _calls.Count(call => call == "deleted a@9") == 2, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Run_DeletedAndMadeAgain_IsDeletedThenReconciled()
    {
        _client.NextList("5", Widget.Named("a", uid: "old", version: "1"));
        var watch = _client.NextWatch(end: false);
        Start();
        await FakeTime.UntilAsync(() => _calls.Count == 1);

        watch.Writer.TryWrite(FakeKubernetesClient.Frame(WatchEventType.Modified, Widget.Named("a", uid: "new", version: "8")));
        await FakeTime.UntilAsync(() => _calls.Count == 3);

        _calls.ShouldBe(["reconcile a@1", "deleted a@1", "reconcile a@8"]);
    }

    [Fact]
    public async Task Watches_ChildChanges_ReconcilesItsOwner()
    {
        var children = new FakeKubernetesClient();
        var child = new Informer<Widget>(children, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, _time);
        _controller.Watches(child);
        _client.NextList("5", Widget.Named("a"), Widget.Named("b"));
        Start();
        await FakeTime.UntilAsync(() => _calls.Count == 2);

        children.NextList("5", Owned("x", "example.dev/v2", "Widget", "b"), Owned("y", "other.dev/v1", "Widget", "a"), Owned("z", "example.dev/v1", "Gadget", "a"));
        Task childRunning = child.RunAsync(_stop.Token);
        await FakeTime.UntilAsync(() => _calls.Count == 3);

        _calls.Last().ShouldBe("reconcile b@1");
        childRunning.IsFaulted.ShouldBeFalse();
    }

    [Fact]
    public async Task Run_Stopped_FinishesWhatIsQueued()
    {
        var gate = new TaskCompletionSource();
        _reconcile = async (entity, _) =>
        {
            await gate.Task;
            return ReconciliationResult<Widget>.Success(entity);
        };
        _client.NextList("5", Widget.Named("a"), Widget.Named("b"));
        Start();
        await FakeTime.UntilAsync(() => _calls.Count == 1);

        await _stop.CancelAsync();
        gate.SetResult();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        _calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_StoppedAndWorkHangs_IsCutOffAfterTheGraceTime()
    {
        _reconcile = async (entity, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return ReconciliationResult<Widget>.Success(entity);
        };
        _client.NextList("5", Widget.Named("a"));
        Start();
        await FakeTime.UntilAsync(() => _calls.Count == 1);
        DateTimeOffset start = _time.GetUtcNow();
        await _stop.CancelAsync();

        await _time.AdvanceUntilAsync(() => _running.IsCompleted, TimeSpan.FromSeconds(1));

        (_time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Run_ReconcileOverItsLimit_IsAnErrorAndTriedAgain()
    {
        _reconcile = async (entity, ct) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            return ReconciliationResult<Widget>.Success(entity);
        };
        _client.NextList("5", Widget.Named("a"));
        Start();

        await _time.AdvanceUntilAsync(() => _calls.Count == 2, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Run_TerminalFailure_WaitsForAChange()
    {
        _reconcile = (entity, _) => Task.FromResult(ReconciliationResult<Widget>.TerminalFailure(entity, "the spec makes no sense"));
        _client.NextList("5", Widget.Named("a"));
        var watch = _client.NextWatch(end: false);
        Start();
        await FakeTime.UntilAsync(() => _calls.Count == 1);

        for (int i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(100));
            await Task.Delay(1);
        }

        _calls.Count.ShouldBe(1);
        watch.Writer.TryWrite(FakeKubernetesClient.Frame(WatchEventType.Modified, Widget.Named("a", version: "2")));
        await FakeTime.UntilAsync(() => _calls.Count == 2);
    }

    [Fact]
    public async Task Run_EachReconciliation_HasAScopeOfItsOwn()
    {
        var scopes = new ConcurrentQueue<ReconcileScope>();
        var informer = new Informer<Widget>(_client, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, _time);
        var options = new ControllerOptions
        {
            Name = "scoped",
            Scope = scope =>
            {
                scopes.Enqueue(scope);
                return null;
            },
        };
        using var controller = new Controller<Widget>(informer, this, options, _metrics, _time);
        _client.NextList("5", Widget.Named("a"), Widget.Named("b"));
        _running = new ControllerManager(_time).Add(informer).Add(controller).RunAsync(_stop.Token);

        await FakeTime.UntilAsync(() => _calls.Count == 2);
        await _stop.CancelAsync();
        await _running;

        scopes.Select(scope => (scope.Controller, scope.Kind, scope.Key.Name)).ShouldBe([("scoped", "Widget", "a"), ("scoped", "Widget", "b")], ignoreOrder: true);
        scopes.Select(scope => scope.Id).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Run_ChangesDuringTheFirstList_OvertakeIt()
    {
        _client.NextList("5", [.. Enumerable.Range(0, 50).Select(i => Widget.Named($"old{i}"))]);
        _client.NextWatch(end: false, FakeKubernetesClient.Frame(WatchEventType.Added, Widget.Named("fresh")));
        // The cache is full before the controller begins, as after a restart in a large cluster.
        Task caching = _informer.RunAsync(_stop.Token);
        await FakeTime.UntilAsync(() => _informer.Store.Count == 51);
        _running = _controller.RunAsync(_stop.Token, CancellationToken.None);

        await FakeTime.UntilAsync(() => _calls.Count == 51);

        _calls.First().ShouldBe("reconcile fresh@1");
        caching.IsFaulted.ShouldBeFalse();
    }

    [Fact]
    public async Task Watches_Spaced_ThousandsOfChangesAreAFewReconciliations()
    {
        var children = new FakeKubernetesClient();
        var child = new Informer<Widget>(children, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, _time);
        _controller.Watches(child, _ => [new ObjectKey(null, "a")], TimeSpan.FromSeconds(1));
        _client.NextList("5", Widget.Named("a"));
        children.NextList("5");
        var watch = children.NextWatch(end: false);
        Start();
        Task childRunning = child.RunAsync(_stop.Token);
        await FakeTime.UntilAsync(() => _calls.Count == 1 && child.HasSynced);

        for (int i = 0; i < 5000; i++) watch.Writer.TryWrite(FakeKubernetesClient.Frame(WatchEventType.Added, Widget.Named($"child{i}")));
        // The first comes at once, the others wait.
        await FakeTime.UntilAsync(() => child.Store.Count == 5000);
        await FakeTime.UntilAsync(() => _calls.Count == 2);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await Task.Delay(20);
        _calls.Count.ShouldBe(2);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await FakeTime.UntilAsync(() => _calls.Count == 3);
        for (int i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }

        _calls.Count.ShouldBe(3);
        childRunning.IsFaulted.ShouldBeFalse();
    }

    async Task<ReconciliationResult<Widget>> IEntityController<Widget>.ReconcileAsync(Widget entity, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"reconcile {entity.Metadata.Name}@{entity.Metadata.ResourceVersion}");
        return await _reconcile(entity, cancellationToken);
    }

    Task IEntityController<Widget>.DeletedAsync(Widget entity, CancellationToken cancellationToken)
    {
        _calls.Enqueue($"deleted {entity.Metadata.Name}@{entity.Metadata.ResourceVersion}");
        return _deleted();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _controller.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        // Work that hangs is cut off only after the grace time.
        await _time.AdvanceUntilAsync(() => _running.IsCompleted, TimeSpan.FromSeconds(5));
    }

    private static Widget Owned(string name, string apiVersion, string kind, string owner)
    {
        var reference = new OwnerReference { ApiVersion = apiVersion, Kind = kind, Name = owner, Uid = "u" };
        return new Widget { Metadata = new ObjectMeta { Name = name, Uid = name, OwnerReferences = [reference] } };
    }

    private void Start() => _running = new ControllerManager(_time).Add(_informer).Add(_controller).RunAsync(_stop.Token);
}
