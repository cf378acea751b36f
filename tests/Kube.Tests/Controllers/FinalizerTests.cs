// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Controllers;

public sealed class FinalizerTests : IDisposable, IEntityController<Widget>, IEntityFinalizer<Widget>
{
    private const string Own = "example.dev/clean-up";

    private readonly FakeTimeProvider _time = new();
    private readonly OneWidget _server = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly KubeMetrics _metrics = new();
    private readonly Informer<Widget> _informer;
    private readonly Controller<Widget> _controller;
    private Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>> _finalize = (entity, _) => Task.FromResult(ReconciliationResult<Widget>.Success(entity));

    public FinalizerTests()
    {
        _informer = new Informer<Widget>(_server, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, _time);
        _controller = new Controller<Widget>(_informer, this, new ControllerOptions { Name = "widgets" }, _metrics, _time).WithFinalizer(_server, Own, this);
    }

    public void Dispose()
    {
        _controller.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task New_GetsTheFinalizerBeforeAnythingIsDone()
    {
        await RunAsync(finalizers: ["other.dev/x"], deleting: false);

        _calls.ShouldBeEmpty();
        _server.Patches.ShouldHaveSingleItem().ShouldBe("""{"metadata":{"resourceVersion":"1","finalizers":["other.dev/x","example.dev/clean-up"]}}""");
    }

    [Fact]
    public async Task Known_IsReconciled()
    {
        await RunAsync([Own], deleting: false);

        _calls.ShouldBe(["reconcile"]);
        _server.Patches.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deleting_IsFinalizedAndLosesOnlyItsOwnEntry()
    {
        await RunAsync(["other.dev/x", Own], deleting: true);

        _calls.ShouldBe(["finalize"]);
        _server.Patches.ShouldHaveSingleItem().ShouldBe("""{"metadata":{"resourceVersion":"1","finalizers":["other.dev/x"]}}""");
    }

    [Fact]
    public async Task Deleting_WithoutOurEntry_IsLeftToOthers()
    {
        await RunAsync(["other.dev/x"], deleting: true);

        _calls.ShouldBeEmpty();
        _server.Patches.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deleting_CleanUpFails_KeepsTheEntryAndComesBack()
    {
        int tries = 0;
        _finalize = (entity, _) => Task.FromResult(++tries < 3 ? ReconciliationResult<Widget>.Failure(entity, "not yet") : ReconciliationResult<Widget>.Success(entity));

        await RunAsync([Own], deleting: true, until: () => _server.Patches.Count == 1);

        tries.ShouldBe(3);
    }

    [Fact]
    public async Task Deleting_Conflict_ReadsAgainAndRemovesOnlyItsOwnEntry()
    {
        _server.Conflicts = 2;

        await RunAsync([Own], deleting: true, until: () => _server.Patches.Count == 3);

        _calls.ShouldBe(["finalize"]);
        _server.Patches[2].ShouldBe("""{"metadata":{"resourceVersion":"3","finalizers":["added.meanwhile/y"]}}""");
    }

    [Fact]
    public async Task Deleting_ProgramIsCutOff_StillRemovesTheEntry()
    {
        using var abort = new CancellationTokenSource();
        _finalize = async (entity, _) =>
        {
            // The clean-up is done at the very moment at which the program has to end.
            await abort.CancelAsync();
            return ReconciliationResult<Widget>.Success(entity);
        };

        await RunAsync([Own], deleting: true, abort: abort);

        _server.Patches.Count.ShouldBe(1);
        _server.PatchedWithCancelledToken.ShouldBeFalse();
    }

    [Theory]
    [InlineData("clean-up")]
    [InlineData("/x")]
    [InlineData("example.dev/")]
    public void WithFinalizer_NotAQualifiedName_Throws(string identifier) =>
        Should.Throw<ArgumentException>(() => _controller.WithFinalizer(_server, identifier, this));

    Task<ReconciliationResult<Widget>> IEntityController<Widget>.ReconcileAsync(Widget entity, CancellationToken cancellationToken)
    {
        _calls.Enqueue("reconcile");
        return Task.FromResult(ReconciliationResult<Widget>.Success(entity));
    }

    Task IEntityController<Widget>.DeletedAsync(Widget entity, CancellationToken cancellationToken) => Task.CompletedTask;

    Task<ReconciliationResult<Widget>> IEntityFinalizer<Widget>.FinalizeAsync(Widget entity, CancellationToken cancellationToken)
    {
        _calls.Enqueue("finalize");
        return _finalize(entity, cancellationToken);
    }

    /// <summary>Runs the controller over one widget until its queue is empty, or until something has happened.</summary>
    private async Task RunAsync(string[] finalizers, bool deleting, Func<bool>? until = null, CancellationTokenSource? abort = null)
    {
        _server.Stored = Widget.Named("a") with
        {
            Metadata = new ObjectMeta { Name = "a", Uid = "u1", ResourceVersion = "1", Finalizers = finalizers, DeletionTimestamp = deleting ? _time.GetUtcNow() : null },
        };
        var all = new Snapshot<Widget>(new ObjectIntake<Widget>(new InformerOptions<Widget>(), "widgets"));
        all.Add(_server.Stored);
        ((IReflectorSink<Widget>)_informer).Replace(all);
        using var stop = new CancellationTokenSource();
        Task running = _controller.RunAsync(stop.Token, abort?.Token ?? CancellationToken.None);
        if (until is not null) await _time.AdvanceUntilAsync(until, TimeSpan.FromMilliseconds(5));
        // Stopping finishes what is queued.
        await stop.CancelAsync();
        await _time.AdvanceUntilAsync(() => running.IsCompleted, TimeSpan.FromMilliseconds(5));
        await running;
    }

    /// <summary>Patches of one widget.</summary>
    private sealed class OneWidget : RefusingClient
    {
        public Widget? Stored { get; set; }

        public int Conflicts { get; set; }

        public List<string> Patches { get; } = [];

        public bool PatchedWithCancelledToken { get; private set; }

        public override Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct) =>
            Task.FromResult(KubeResult<T>.Ok((T)(object)Stored!));

        public override Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        {
            fieldManager.ShouldBe("widgets");
            PatchedWithCancelledToken |= ct.IsCancellationRequested;
            Patches.Add(Encoding.UTF8.GetString(patch.Span));
            if (Conflicts > 0)
            {
                Conflicts--;
                string version = $"{Patches.Count + 1}";
                Stored = Stored! with { Metadata = Stored.Metadata with { ResourceVersion = version, Finalizers = [Own, "added.meanwhile/y"] } };
                return Task.FromResult<KubeResult<T>>(new KubeError(KubeErrorKind.Conflict, "changed"));
            }

            using JsonDocument json = JsonDocument.Parse(patch);
            List<string> left = [.. json.RootElement.GetProperty("metadata").GetProperty("finalizers").EnumerateArray().Select(entry => entry.GetString()!)];
            Stored = Stored! with { Metadata = Stored.Metadata with { Finalizers = left } };
            return Task.FromResult(KubeResult<T>.Ok((T)(object)Stored));
        }
    }
}
