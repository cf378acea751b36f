// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Informers;

public sealed class StreamingListTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly FakeKubernetesClient _client = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ObjectChange<Widget>> _changes = [];
    private readonly List<string> _log = [];
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Run_InitialEvents_FillTheStoreAtTheMarkAndTheSameStreamGoesOn()
    {
        var stream = _client.NextStream(
            end: false,
            Frame(WatchEventType.Added, "a", "3"),
            Frame(WatchEventType.Added, "b", "1"),
            Frame(WatchEventType.Modified, "a", "4"),
            Frame(WatchEventType.Added, "c", "5"),
            Frame(WatchEventType.Deleted, "b", "6"));
        Informer<Widget> informer = Start();
        await FakeTime.UntilAsync(() => stream.Reader.Count == 0);

        informer.HasSynced.ShouldBeFalse();
        informer.Store.Count.ShouldBe(0);
        stream.Writer.TryWrite(FakeKubernetesClient.InitialEnd("7"));
        await FakeTime.UntilAsync(() => informer.HasSynced);
        Changes().Select(change => (change.Key.Name, change.New!.Metadata.ResourceVersion)).ShouldBe([("a", "4"), ("c", "5")]);

        stream.Writer.TryWrite(Frame(WatchEventType.Modified, "c", "9"));
        stream.Writer.Complete();
        await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count == 1, Step);

        _client.StreamVersions.ShouldBe([""]);
        _client.WatchVersions.ShouldBe(["9"]);
        _client.ListVersions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_StreamIsCutBeforeTheMark_ThrowsAwayWhatItBrought()
    {
        _client.NextStream(end: true, Frame(WatchEventType.Added, "stale", "3"));
        _client.NextStream(end: false, Frame(WatchEventType.Added, "a", "8"), FakeKubernetesClient.InitialEnd("8"));
        Informer<Widget> informer = Start();

        await _time.AdvanceUntilAsync(() => informer.HasSynced, Step);

        Changes().ShouldHaveSingleItem().Key.Name.ShouldBe("a");
        _client.ListVersions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_CutTwice_ListsAndMayStreamAgainLater()
    {
        _client.NextStream(end: true, Frame(WatchEventType.Added, "stale", "3"));
        _client.NextStream(end: true, Frame(WatchEventType.Added, "stale", "3"), FakeKubernetesClient.Error(KubeErrorKind.Unreachable));
        _client.NextList("9", Widget.Named("a"));
        _client.NextWatch(end: true, FakeKubernetesClient.Error(KubeErrorKind.Expired));
        Informer<Widget> informer = Start();
        await _time.AdvanceUntilAsync(() => informer.HasSynced, Step);
        _client.NextStream(end: false, FakeKubernetesClient.InitialEnd("12"));

        await _time.AdvanceUntilAsync(() => _client.StreamVersions.Count == 3, Step);

        _client.ListVersions.ShouldBe(["0"]);
        _client.StreamVersions.ShouldBe(["", "", "9"]);
        await FakeTime.UntilAsync(() => informer.Store.Count == 0);
    }

    [Fact]
    public async Task Run_ServerWithoutIt_ListsAtOnceAndDoesNotAskAgain()
    {
        _client.NextList("5", Widget.Named("a"));
        _client.NextWatch(end: true, FakeKubernetesClient.Error(KubeErrorKind.Expired));
        _client.NextList("9", Widget.Named("a"));
        Informer<Widget> informer = Start();

        // Without time: the fall back waits for nothing.
        await FakeTime.UntilAsync(() => informer.HasSynced);
        await _time.AdvanceUntilAsync(() => _client.ListVersions.Count == 2, Step);

        _client.StreamVersions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_VersionForgotten_StreamsTheMostRecent()
    {
        _client.NextStream(end: true, FakeKubernetesClient.InitialEnd("7"), FakeKubernetesClient.Error(KubeErrorKind.Expired));
        _client.NextStream(end: true, FakeKubernetesClient.Error(KubeErrorKind.Expired));
        _client.NextStream(end: true, FakeKubernetesClient.Error(KubeErrorKind.ResourceVersionTooLarge));
        _client.NextStream(end: false, FakeKubernetesClient.InitialEnd("30"));
        Start();

        await _time.AdvanceUntilAsync(() => _client.StreamVersions.Count == 4, Step);

        _client.StreamVersions.ShouldBe(["", "7", "", ""]);
        _client.ListVersions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_MarkNeverComes_ListsAfterAWhile()
    {
        var stream = _client.NextStream(end: false, Frame(WatchEventType.Added, "a", "3"));
        _client.NextList("9", Widget.Named("a"));
        Informer<Widget> informer = Start();
        await FakeTime.UntilAsync(() => stream.Reader.Count == 0);
        DateTimeOffset start = _time.GetUtcNow();

        await _time.AdvanceUntilAsync(() => informer.HasSynced, Step);

        (_time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Run_LiveStreamIsQuiet_IsNotCut()
    {
        var stream = _client.NextStream(end: false, FakeKubernetesClient.InitialEnd("7"));
        Informer<Widget> informer = Start();
        await FakeTime.UntilAsync(() => informer.HasSynced);

        _time.Advance(TimeSpan.FromMinutes(4));
        stream.Writer.TryWrite(Frame(WatchEventType.Added, "late", "8"));

        await FakeTime.UntilAsync(() => informer.Store.Count == 1);
        _client.StreamVersions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_UnreadableObject_KeepsWhatWasReadLastUntilItIsDeleted()
    {
        _client.NextStream(end: true, Frame(WatchEventType.Added, "a", "3"), FakeKubernetesClient.InitialEnd("7"), FakeKubernetesClient.Error(KubeErrorKind.Expired));
        var second = _client.NextStream(end: false, new WatchEvent<Widget> { Type = WatchEventType.Unknown, Key = new ObjectKey(null, "a") }, FakeKubernetesClient.InitialEnd("9"));
        Informer<Widget> informer = Start();
        await _time.AdvanceUntilAsync(() => _client.StreamVersions.Count == 2, Step);
        await FakeTime.UntilAsync(() => second.Reader.Count == 0);
        second.Writer.TryWrite(Frame(WatchEventType.Added, "b", "10"));
        await FakeTime.UntilAsync(() => informer.Store.Count == 2);

        second.Writer.TryWrite(new WatchEvent<Widget> { Type = WatchEventType.Deleted, Key = new ObjectKey(null, "a") });
        await FakeTime.UntilAsync(() => informer.Store.Count == 1);

        Changes()[^1].FinalStateUnknown.ShouldBeTrue();
    }

    [Fact]
    public async Task Run_TwentySecondsOfOutage_IsBackWithinFiveSeconds()
    {
        _client.NextStream(end: true, FakeKubernetesClient.InitialEnd("7"), FakeKubernetesClient.Error(KubeErrorKind.Unreachable));
        for (int i = 0; i < 200; i++) _client.NextWatch(end: true, FakeKubernetesClient.Error(KubeErrorKind.Unreachable));
        // The worst luck.
        Start(jitter: () => 0.999);
        await FakeTime.UntilAsync(() => Logged("lost its watch") == 1);
        DateTimeOffset start = _time.GetUtcNow();
        var tries = new List<TimeSpan>();
        while (_time.GetUtcNow() - start < TimeSpan.FromSeconds(40))
        {
            int before = _client.WatchVersions.Count;
            await _time.AdvanceUntilAsync(() => _client.WatchVersions.Count > before, TimeSpan.FromMilliseconds(50));
            tries.Add(_time.GetUtcNow() - start);
        }

        tries[0].ShouldBeLessThan(TimeSpan.FromSeconds(1));
        tries.Zip(tries.Skip(1), (one, next) => next - one).ShouldAllBe(gap => gap <= TimeSpan.FromSeconds(6));
        _client.ListVersions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_OverHttp_AsksAsTheRecordingDoes()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(async context =>
        {
            await context.FramesAsync(
                Answers.Frame("ADDED", "a", "6"),
                """{"type":"ADDED","object":{"metadata":{"name":"broken"},"spec":7}}""" + "\n",
                """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}""" + "\n");
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using KubernetesClient client = KubernetesClients.Connect(server);
        var informer = new Informer<Widget>(client, Widget.Type, new InformerOptions<Widget> { Jitter = () => 0 }, TimeProvider.System);
        _running = informer.RunAsync(_stop.Token);

        (await informer.WaitForSyncAsync(TimeSpan.FromSeconds(20), CancellationToken.None)).ShouldBeTrue();

        informer.Store.List().ShouldHaveSingleItem().Metadata.Name.ShouldBe("a");
        server.Requests.Single().Target.ShouldBe(
            "/apis/example.dev/v1alpha1/widgets?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=300");
        await _stop.CancelAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _running.IsFaulted.ShouldBeFalse();
    }

    private static WatchEvent<Widget> Frame(WatchEventType type, string name, string version) => FakeKubernetesClient.Frame(type, Widget.Named(name, version: version));

    private List<ObjectChange<Widget>> Changes()
    {
        lock (_lock) return [.. _changes];
    }

    private int Logged(string part)
    {
        lock (_lock) return _log.Count(line => line.Contains(part, StringComparison.Ordinal));
    }

    private Informer<Widget> Start(Func<double>? jitter = null)
    {
        var options = new InformerOptions<Widget> { Jitter = jitter ?? (() => 0), Log = (_, message, _) => Write(message) };
        var informer = new Informer<Widget>(_client, Widget.Type, options, _time);
        informer.AddHandler(change =>
        {
            lock (_lock) _changes.Add(change);
        });
        _running = informer.RunAsync(_stop.Token);
        return informer;
    }

    private void Write(string line)
    {
        lock (_lock) _log.Add(line);
    }
}
