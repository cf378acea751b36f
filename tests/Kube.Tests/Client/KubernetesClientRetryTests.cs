// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class KubernetesClientRetryTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider _time = new();
    private int _calls;

    [Fact]
    public async Task GetAsync_429WithRetryAfter_WaitsAsLongAsAsked()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
            Interlocked.Increment(ref _calls) == 1 ? context.StatusAsync(429, "TooManyRequests", retryAfter: 7) : AnswerAsync(context));
        using KubernetesClient client = Connect(server);
        DateTimeOffset start = _time.GetUtcNow();

        KubeResult<Widget> result = await _time.AdvanceWhileAsync(GetAsync(client), Step);

        result.IsSuccess.ShouldBeTrue();
        (_time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7));
        _calls.ShouldBe(2);
    }

    [Fact]
    public async Task GetAsync_503WithRetryAfter_IsRetried()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
            Interlocked.Increment(ref _calls) == 1 ? context.StatusAsync(503, "ServiceUnavailable", retryAfter: 1) : AnswerAsync(context));
        using KubernetesClient client = Connect(server);

        (await _time.AdvanceWhileAsync(GetAsync(client), Step)).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task GetAsync_500WithoutRetryAfter_IsNotRetried()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
        {
            Interlocked.Increment(ref _calls);
            return context.StatusAsync(500, "InternalError");
        });
        using KubernetesClient client = Connect(server);

        (await _time.AdvanceWhileAsync(GetAsync(client), Step)).Error!.Kind.ShouldBe(KubeErrorKind.ServerError);
        _calls.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_Always429_IsTriedABoundedNumberOfTimesAndTheLastAnswerStays()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
        {
            Interlocked.Increment(ref _calls);
            return context.StatusAsync(429, "TooManyRequests");
        });
        using KubernetesClient client = Connect(server);

        KubeResult<Widget> result = await _time.AdvanceWhileAsync(GetAsync(client), Step);

        result.Error!.Kind.ShouldBe(KubeErrorKind.TooManyRequests);
        _calls.ShouldBe(6);
    }

    [Fact]
    public async Task ApplyAsync_ConnectionLost_IsSentAgainWithItsBody()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
        {
            if (Interlocked.Increment(ref _calls) > 1) return AnswerAsync(context);
            context.Abort();
            return Task.CompletedTask;
        });
        using KubernetesClient client = Connect(server);

        KubeResult<Widget> result = await _time.AdvanceWhileAsync(client.ApplyAsync(Widget.Type, Widget.Named("a"), "m", CancellationToken.None), Step);

        result.IsSuccess.ShouldBeTrue();
        SeenRequest[] seen = [.. server.Requests];
        seen.Length.ShouldBe(2);
        seen[1].Body.ShouldBe(seen[0].Body);
    }

    [Fact]
    public async Task CreateAsync_ConnectionLost_IsNotSentAgain()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
        {
            Interlocked.Increment(ref _calls);
            context.Abort();
            return Task.CompletedTask;
        });
        using KubernetesClient client = Connect(server);

        KubeResult<Widget> result = await _time.AdvanceWhileAsync(client.CreateAsync(Widget.Type, Widget.Named("a"), CancellationToken.None), Step);

        result.Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
        _calls.ShouldBe(1);
    }

    [Fact]
    public async Task GetAsync_ServerSilent_IsUnreachableAfterTheCallLimit()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
            Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        using KubernetesClient client = Connect(server);

        (await _time.AdvanceWhileAsync(GetAsync(client), TimeSpan.FromSeconds(5))).Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
    }

    [Fact]
    public async Task GetAsync_CallerCancels_Throws()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await using FakeApiServer server = await FakeApiServer.StartAsync(AnswerAsync);
        using KubernetesClient client = Connect(server);

        await Should.ThrowAsync<OperationCanceledException>(() => client.GetAsync(Widget.Type, null, "a", stop.Token));
    }

    [Fact]
    public async Task GetAsync_Redirect_IsNotFollowed()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using KubernetesClient client = Connect(server);

        (await GetAsync(client)).IsSuccess.ShouldBeFalse();
        server.Requests.Count.ShouldBe(1);
    }

    private static Task AnswerAsync(HttpContext context) => context.JsonAsync("""{"metadata":{"name":"a"}}""");

    private static Task<KubeResult<Widget>> GetAsync(KubernetesClient client) => client.GetAsync(Widget.Type, null, "a", CancellationToken.None);

    private KubernetesClient Connect(FakeApiServer server) => KubernetesClients.Connect(server, new KubernetesClientOptions { Jitter = () => 0 }, _time);
}
