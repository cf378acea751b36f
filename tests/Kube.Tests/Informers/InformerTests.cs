// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Informers;

public sealed class InformerTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly FakeKubernetesClient _client = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ObjectChange<Widget>> _changes = [];
    private readonly Lock _lock = new();
    private readonly List<string> _log = [];
    private Informer<Widget>? _informer;
    private Task _running = Task.CompletedTask;

    private int Seen
    {
        get
        {
            lock (_lock) return _changes.Count;
        }
    }

    [Fact]
    public async Task Run_FirstList_AsksForVersionZeroFillsTheStoreAndSyncs()
    {
        _client.NextList("5", Widget.Named("a"), Widget.Named("b"));
        Informer<Widget> informer = Start();

        (await informer.WaitForSyncAsync(TimeSpan.FromSeconds(1), CancellationToken.None)).ShouldBeTrue();

        _client.ListVersions.ShouldBe(["0"]);
        informer.Store.Count.ShouldBe(2);
        _changes.ShouldAllBe(change => change.Old == null && change.New != null);
        await FakeTime.UntilAsync(() => _client.WatchVersions.Count == 1);
        _client.WatchVersions.ShouldBe(["5"]);
    }

    [Fact]
    public async Task WaitForSync_NoList_GivesUp()
    {
        Informer<Widget> informer = Start();
        Task<bool> waiting = informer.WaitForSyncAsync(TimeSpan.FromMinutes(2), CancellationToken.None);

        (await _time.AdvanceWhileAsync(waiting, TimeSpan.FromSeconds(30))).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_WatchEvents_ChangeTheStoreAndTellOldAndNew()
    {
        _client.NextList("5", Widget.Named("a", version: "4"));
        _client.NextWatch(
            end: false,
            FakeKubernetesClient.Frame(WatchEventType.Modified, Widget.Named("a", version: "6")),
            FakeKubernetesClient.Frame(WatchEventType.Added, Widget.Named("b", version: "7")),
            FakeKubernetesClient.Frame(WatchEventType.Deleted, Widget.Named("a", version: "8")));
        Informer<Widget> informer = Start();
        await FakeTime.UntilAsync(() => Seen == 4);

        (_changes[1].Old!.Metadata.ResourceVersion, _changes[1].New!.Metadata.ResourceVersion).ShouldBe(("4", "6"));
        _changes[2].Old.ShouldBeNull();
        (_changes[3].Old!.Metadata.ResourceVersion, _changes[3].New, _changes[3].FinalStateUnknown).ShouldBe(("8", null, false));
        informer.Store.List().ShouldHaveSingleItem().Metadata.Name.ShouldBe("b");
    }

    [Fact]
    public async Task Run_WatchEnds_GoesOnFromTheLastVersionIncludingBookmarks()
    {
        _client.NextList("5", Widget.Named("a"));
        _client.NextWatch(end: true, FakeKubernetesClient.Frame(WatchEventType.Added, Widget.Named("b", version: "6")), FakeKubernetesClient.Bookmark("9"));
        Start();

        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 2, Step);

        _client.WatchVersions.ShouldBe(["5", "9"]);
        _client.ListVersions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_VeryShortEmptyWatch_WaitsAndLists()
    {
        _client.NextList("5", Widget.Named("a"));
        _client.NextWatch(end: true);
        _client.NextList("6", Widget.Named("a"));
        Start();
        await FakeTime.UntilAsync(() => Logged("ended at once"));

        _client.ListVersions.Count.ShouldBe(1);
        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 2, Step);

        _client.ListVersions.ShouldBe(["0", "5"]);
    }

    [Fact]
    public async Task Run_ExpiredInTheStream_ListsFromTheLastVersionFirst()
    {
        _client.NextList("5", Widget.Named("a"));
        _client.NextWatch(end: false, FakeKubernetesClient.Bookmark("7"), FakeKubernetesClient.Error(KubeErrorKind.Expired, StatusReason.Expired));
        _client.NextListFails(KubeErrorKind.Expired);
        _client.NextList("20", Widget.Named("a"));
        Start();

        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 2, Step);

        // The last one seen, and only when that is refused the most recent.
        _client.ListVersions.ShouldBe(["0", "7", null]);
        _client.WatchVersions.ShouldBe(["5", "20"]);
    }

    [Theory]
    [InlineData(KubeErrorKind.Unreachable)]
    [InlineData(KubeErrorKind.TooManyRequests)]
    public async Task Run_WatchCannotBeOpened_WatchesAgainWithoutAList(KubeErrorKind kind)
    {
        _client.NextList("5", Widget.Named("a"));
        _client.NextWatch(end: true, FakeKubernetesClient.Error(kind));
        Start();
        await FakeTime.UntilAsync(() => Logged("lost its watch"));
        _client.WatchVersions.Count.ShouldBe(1);

        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 2, Step);

        _client.ListVersions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_InternalErrorForOverAMinute_ListsInTheEnd()
    {
        _client.NextList("5", Widget.Named("a"));
        for (int i = 0; i < 30; i++) _client.NextWatch(end: true, FakeKubernetesClient.Error(KubeErrorKind.ServerError, StatusReason.InternalError));
        Start();

        await _time.AdvanceUntilAsync(() => _client.ListVersions.Count == 2, Step);

        _client.WatchVersions.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task Run_ListFails_WaitsAndTriesAgainWithTheSameVersion()
    {
        _client.NextListFails(KubeErrorKind.Forbidden);
        _client.NextListFails(KubeErrorKind.Unreachable);
        _client.NextList("5", Widget.Named("a"));
        Informer<Widget> informer = Start();
        await FakeTime.UntilAsync(() => Logged("cannot be listed"));
        _client.ListVersions.Count.ShouldBe(1);

        await _time.AdvanceUntilAsync(() => informer.HasSynced, Step);

        _client.ListVersions.ShouldBe(["0", "0", "0"]);
    }

    [Fact]
    public async Task Run_VersionTooLarge_ListsTheMostRecent()
    {
        _client.NextListFails(KubeErrorKind.ResourceVersionTooLarge);
        _client.NextList("5");
        Informer<Widget> informer = Start();

        await _time.AdvanceUntilAsync(() => informer.HasSynced, Step);

        _client.ListVersions.ShouldBe(["0", null]);
    }

    [Fact]
    public async Task Run_ListWithoutVersion_KeepsNoVersionFromTheSyntheticEvents()
    {
        _client.NextList("0");
        _client.NextWatch(end: true, FakeKubernetesClient.Frame(WatchEventType.Added, Widget.Named("b", version: "90")));
        _client.NextWatch(
            end: true,
            FakeKubernetesClient.Frame(WatchEventType.Added, Widget.Named("c", version: "80")),
            FakeKubernetesClient.Frame(WatchEventType.Modified, Widget.Named("b", version: "95")));
        Start();

        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 3, Step);

        _client.WatchVersions.ShouldBe(["0", "0", "95"]);
    }

    [Fact]
    public async Task Run_SecondList_TellsWhatVanishedAndSkipsWhatIsUnchanged()
    {
        _client.NextList("5", Widget.Named("a", version: "1"), Widget.Named("b", version: "2"), Widget.Named("c", version: "3"));
        _client.NextWatch(end: true, FakeKubernetesClient.Error(KubeErrorKind.Expired));
        _client.NextList("9", Widget.Named("a", version: "1"), Widget.Named("c", version: "8"));
        Informer<Widget> informer = Start();
        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 2, Step);

        ObjectChange<Widget>[] later = [.. _changes.Skip(3)];
        later.Select(change => change.Key.Name).ShouldBe(["c", "b"]);
        (later[0].Old!.Metadata.ResourceVersion, later[0].New!.Metadata.ResourceVersion).ShouldBe(("3", "8"));
        (later[1].New, later[1].FinalStateUnknown).ShouldBe((null, true));
        informer.Store.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_DeletedAndMadeAgainBetweenLists_TellsBoth()
    {
        _client.NextList("5", Widget.Named("a", uid: "old", version: "1"));
        _client.NextWatch(end: true, FakeKubernetesClient.Error(KubeErrorKind.Expired));
        _client.NextList("9", Widget.Named("a", uid: "new", version: "8"));
        Start();
        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 2, Step);

        (_changes[1].Old!.Metadata.Uid, _changes[1].New, _changes[1].FinalStateUnknown).ShouldBe(("old", null, true));
        (_changes[2].Old, _changes[2].New!.Metadata.Uid).ShouldBe((null, "new"));
        _changes.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Run_TransformAndIndex_WorkOnEveryWay()
    {
        static Widget On(string name, string node, string version) => Widget.Named(name, version: version) with { Spec = new WidgetSpec { NodeName = node, Min = 7 } };
        _client.NextList("5", On("a", "k1", "1"), On("b", "k1", "2"));
        _client.NextWatch(
            end: false,
            FakeKubernetesClient.Frame(WatchEventType.Modified, On("a", "k2", "6")),
            FakeKubernetesClient.Frame(WatchEventType.Deleted, On("b", "k1", "7")));
        Informer<Widget> informer = Start(new InformerOptions<Widget>
        {
            Transform = widget => widget with { Spec = widget.Spec! with { Min = null } },
            Indexes = new Dictionary<string, Func<Widget, IEnumerable<string>>> { ["node"] = widget => [widget.Spec!.NodeName!] },
        });
        await FakeTime.UntilAsync(() => Seen == 4);

        informer.Store.ByIndex("node", "k1").ShouldBeEmpty();
        informer.Store.ByIndex("node", "k2").ShouldHaveSingleItem().Spec!.Min.ShouldBeNull();
    }

    [Fact]
    public async Task Run_HandlerThrows_TheOthersAndTheStoreGoOn()
    {
        _client.NextList("5", Widget.Named("a"));
        Informer<Widget> informer = Create(new InformerOptions<Widget>());
        informer.AddHandler(_ => throw new InvalidOperationException("a bug"));
        int told = 0;
        informer.AddHandler(_ => told++);
        _running = informer.RunAsync(_stop.Token);

        await FakeTime.UntilAsync(() => informer.HasSynced);

        told.ShouldBe(1);
        Logged("a handler failed").ShouldBeTrue();
    }

    [Fact]
    public async Task RunAsync_Twice_IsABug()
    {
        Informer<Widget> informer = Start();

        await Should.ThrowAsync<InvalidOperationException>(() => informer.RunAsync(CancellationToken.None));
        Should.Throw<InvalidOperationException>(() => informer.AddHandler(_ => { }));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running.IsFaulted.ShouldBeFalse();
    }

    private bool Logged(string part)
    {
        lock (_lock) return _log.Exists(line => line.Contains(part, StringComparison.Ordinal));
    }

    private Informer<Widget> Create(InformerOptions<Widget> options)
    {
        _informer = new Informer<Widget>(_client, Widget.Type, options with { Jitter = () => 0, Log = Log }, _time);
        return _informer;
    }

    private Informer<Widget> Start(InformerOptions<Widget>? options = null)
    {
        Informer<Widget> informer = Create(options ?? new InformerOptions<Widget>());
        informer.AddHandler(change =>
        {
            lock (_lock) _changes.Add(change);
        });
        _running = informer.RunAsync(_stop.Token);
        return informer;
    }

    private void Log(KubeLogLevel level, string message, Exception? error)
    {
        lock (_lock) _log.Add(message);
    }
}
