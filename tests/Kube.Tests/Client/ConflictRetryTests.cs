// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class ConflictRetryTests
{
    private readonly FakeTimeProvider _time = new();
    private int _version;

    [Fact]
    public async Task ReplaceAsync_TwoConflicts_ReadsAnewBeforeEveryTry()
    {
        await using FakeApiServer server = await StartAsync(conflicts: 2);
        using KubernetesClient client = KubernetesClients.Connect(server);

        KubeResult<Widget> result = await RunAsync(client, widget => widget with { Spec = new WidgetSpec { Min = 1 } });

        result.IsSuccess.ShouldBeTrue();
        server.Requests.Select(request => request.Method).ShouldBe(["GET", "PUT", "GET", "PUT", "GET", "PUT"]);
        server.Requests.Where(request => request.Method == "PUT").Select(request => (string?)JsonNode.Parse(request.Body)!["metadata"]!["resourceVersion"]).ShouldBe(["1", "2", "3"]);
    }

    [Fact]
    public async Task ReplaceAsync_AlwaysConflicts_GivesUpAfterFive()
    {
        await using FakeApiServer server = await StartAsync(conflicts: int.MaxValue);
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await RunAsync(client, widget => widget)).Error!.Kind.ShouldBe(KubeErrorKind.Conflict);
        server.Requests.Count(request => request.Method == "PUT").ShouldBe(5);
    }

    [Fact]
    public async Task ReplaceAsync_NothingToChange_WritesNothing()
    {
        await using FakeApiServer server = await StartAsync(conflicts: 0);
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await RunAsync(client, _ => null)).Value!.Metadata.ResourceVersion.ShouldBe("1");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task ReplaceAsync_ObjectGone_IsReturnedAtOnce()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.StatusAsync(404, "NotFound"));
        using KubernetesClient client = KubernetesClients.Connect(server);

        (await RunAsync(client, widget => widget)).Error!.Kind.ShouldBe(KubeErrorKind.NotFound);
        server.Requests.Count.ShouldBe(1);
    }

    private Task<KubeResult<Widget>> RunAsync(KubernetesClient client, Func<Widget, Widget?> change) => _time.AdvanceWhileAsync(
        ConflictRetry.ReplaceAsync(client, Widget.Type, new ObjectKey(null, "a"), change, _time, () => 0.5, CancellationToken.None), TimeSpan.FromMilliseconds(5));

    private Task<FakeApiServer> StartAsync(int conflicts)
    {
        int puts = 0;
        return FakeApiServer.StartAsync(context =>
        {
            if (context.Request.Method == HttpMethods.Put && puts++ < conflicts) return context.StatusAsync(409, "Conflict");
            int version = context.Request.Method == HttpMethods.Get ? ++_version : _version;
            return context.JsonAsync($$$"""{"metadata":{"name":"a","resourceVersion":"{{{version}}}"} }""");
        });
    }
}
