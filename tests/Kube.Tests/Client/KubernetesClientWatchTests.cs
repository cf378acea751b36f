// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class KubernetesClientWatchTests
{
    private static readonly WatchOptions Options = new() { ResourceVersion = "5", Timeout = TimeSpan.FromSeconds(299.2), FieldSelector = "spec.nodeName=k1" };

    [Fact]
    public async Task WatchAsync_EventsAndBookmark_ArriveInOrder()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.FramesAsync(
            Answers.Frame("ADDED", "a", "6"), Answers.Frame("MODIFIED", "a", "7"), Answers.Frame("BOOKMARK", "", "9"), Answers.Frame("DELETED", "a", "10")));
        using KubernetesClient client = KubernetesClients.Connect(server);

        List<WatchEvent<Widget>> events = await ReadAsync(client);

        events.Select(frame => (frame.Type, frame.ResourceVersion)).ShouldBe(
        [
            (WatchEventType.Added, "6"), (WatchEventType.Modified, "7"), (WatchEventType.Bookmark, "9"), (WatchEventType.Deleted, "10"),
        ]);
        server.Requests.Single().Target.ShouldBe(
            "/apis/example.dev/v1alpha1/widgets?watch=true&fieldSelector=spec.nodeName%3Dk1&resourceVersion=5&allowWatchBookmarks=true&timeoutSeconds=300");
    }

    [Theory]
    [InlineData("Gone")]
    [InlineData("Expired")]
    public async Task WatchAsync_410InTheMiddleOfA200Stream_IsAnErrorEvent(string reason)
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.FramesAsync(
            Answers.Frame("ADDED", "a", "6"), $$"""{"type":"ERROR","object":{{Answers.Status(410, reason)}}}""" + "\n"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        List<WatchEvent<Widget>> events = await ReadAsync(client);

        events.Select(frame => frame.Type).ShouldBe([WatchEventType.Added, WatchEventType.Error]);
        events[1].Error!.Kind.ShouldBe(KubeErrorKind.Expired);
    }

    [Fact]
    public async Task WatchAsync_ConnectionCutInsideALine_EndsWithAnErrorAndNoHalfObject()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(async context =>
        {
            await context.FramesAsync(Answers.Frame("ADDED", "a", "6"), Answers.Frame("ADDED", "b", "7")[..40]);
            context.Abort();
        });
        using KubernetesClient client = KubernetesClients.Connect(server);

        List<WatchEvent<Widget>> events = await ReadAsync(client);

        events.Count(frame => frame.Type == WatchEventType.Added).ShouldBeLessThanOrEqualTo(1);
        events[^1].Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
    }

    [Fact]
    public async Task WatchAsync_StreamEndsInsideALine_GivesNoHalfObject()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.FramesAsync(
            Answers.Frame("ADDED", "a", "6"), Answers.Frame("ADDED", "b", "7")[..40]));
        using KubernetesClient client = KubernetesClients.Connect(server);

        List<WatchEvent<Widget>> events = await ReadAsync(client);

        events.Select(frame => frame.Type).ShouldBe([WatchEventType.Added, WatchEventType.Unknown]);
    }

    [Fact]
    public async Task WatchAsync_UnknownTypeAndUnreadableObject_AreLoggedAndDoNotEndTheStream()
    {
        var log = new List<string>();
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.FramesAsync(
            Answers.Frame("PAUSED", "a", "6"), """{"type":"ADDED","object":{"metadata":[]}}""" + "\n", Answers.Frame("ADDED", "b", "7")));
        using KubernetesClient client = KubernetesClients.Connect(server, new KubernetesClientOptions { Log = (_, message, _) => log.Add(message) });

        List<WatchEvent<Widget>> events = await ReadAsync(client);

        events.Select(frame => frame.Type).ShouldBe([WatchEventType.Unknown, WatchEventType.Unknown, WatchEventType.Added]);
        log.Count.ShouldBe(2);
    }

    [Fact]
    public async Task WatchAsync_EmptyStream_EndsWithoutAnEvent()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.FramesAsync());
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await ReadAsync(client)).ShouldBeEmpty();
    }

    [Fact]
    public async Task WatchAsync_RefusedToOpen_IsAnErrorEventAndNotRetried()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.StatusAsync(429, "TooManyRequests", retryAfter: 3));
        using KubernetesClient client = KubernetesClients.Connect(server);

        WatchEvent<Widget> only = (await ReadAsync(client)).ShouldHaveSingleItem();

        only.Error!.Kind.ShouldBe(KubeErrorKind.TooManyRequests);
        only.Error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(3));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task WatchAsync_NobodyListens_IsAnErrorEvent()
    {
        FakeApiServer server = await FakeApiServer.StartAsync(_ => Task.CompletedTask);
        using KubernetesClient client = KubernetesClients.Connect(server);
        await server.DisposeAsync();

        (await ReadAsync(client)).ShouldHaveSingleItem().Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
    }

    [Fact]
    public async Task WatchAsync_LineOverTheLimit_EndsWithAnError()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.FramesAsync(Answers.Frame("ADDED", new string('a', 4000), "6")));
        using KubernetesClient client = KubernetesClients.Connect(server, new KubernetesClientOptions { MaxWatchLineBytes = 1000 });

        (await ReadAsync(client)).ShouldHaveSingleItem().Error!.Kind.ShouldBe(KubeErrorKind.Malformed);
    }

    [Fact]
    public async Task WatchAsync_ServerNeverEndsTheWatch_IsCutAfterTimeoutAndGrace()
    {
        var time = new FakeTimeProvider();
        await using FakeApiServer server = await FakeApiServer.StartAsync(async context =>
        {
            await context.FramesAsync(Answers.Frame("ADDED", "a", "6"));
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using KubernetesClient client = KubernetesClients.Connect(server, time: time);
        var events = new List<WatchEvent<Widget>>();
        Task reading = ReadIntoAsync(client, events, CancellationToken.None);
        await FakeTime.UntilAsync(() => events.Count == 1);
        DateTimeOffset start = time.GetUtcNow();

        await time.AdvanceUntilAsync(() => reading.IsCompleted, TimeSpan.FromSeconds(10));

        events[^1].Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
        (time.GetUtcNow() - start).ShouldBeGreaterThan(Options.Timeout);
    }

    [Fact]
    public async Task WatchAsync_CallerCancels_Throws()
    {
        using var stop = new CancellationTokenSource();
        await using FakeApiServer server = await FakeApiServer.StartAsync(async context =>
        {
            await context.FramesAsync(Answers.Frame("ADDED", "a", "6"));
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using KubernetesClient client = KubernetesClients.Connect(server);
        var events = new List<WatchEvent<Widget>>();
        Task reading = ReadIntoAsync(client, events, stop.Token);
        await FakeTime.UntilAsync(() => events.Count == 1);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        events.Count.ShouldBe(1);
    }

    private static async Task<List<WatchEvent<Widget>>> ReadAsync(KubernetesClient client)
    {
        var events = new List<WatchEvent<Widget>>();
        await ReadIntoAsync(client, events, CancellationToken.None);
        return events;
    }

    private static async Task ReadIntoAsync(KubernetesClient client, List<WatchEvent<Widget>> events, CancellationToken ct)
    {
        await foreach (WatchEvent<Widget> frame in client.WatchAsync(Widget.Type, Options, ct)) events.Add(frame);
    }
}
