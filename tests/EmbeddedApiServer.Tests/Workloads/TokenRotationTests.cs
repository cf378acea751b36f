// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Workloads;

public sealed class TokenRotationTests
{
    [Fact]
    public async Task RunningPod_TokenGetsOld_FindsANewOneInItsFolder()
    {
        var runtime = new FakePodRuntime();
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions
        {
            Nodes = Objects.Nodes(1),
            PodRuntime = runtime,
            PodTokenLifetime = TimeSpan.FromSeconds(1),
        });
        await server.ApplyAsync(Objects.DaemonSet, Objects.Daemons());
        await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);
        FakePodProcess process = runtime.Started.ShouldHaveSingleItem();
        string file = Path.Combine(process.Start.ServiceAccountDirectory, "token");

        await server.UntilAsync("/readyz", _ => File.ReadAllText(file) != process.Token);

        string renewed = await File.ReadAllTextAsync(file);
        renewed.ShouldNotBe(process.Token);
        renewed.Split('.').Length.ShouldBe(3);
        process.Exited.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task RotateTokens_OldOnesAreInvalidAtOnceAndTheFolderHasANewOne()
    {
        var runtime = new FakePodRuntime();
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions { Nodes = Objects.Nodes(1), PodRuntime = runtime });
        await server.ApplyAsync(Objects.DaemonSet, Objects.Daemons());
        await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);
        FakePodProcess process = runtime.Started.ShouldHaveSingleItem();
        int before = await StatusAsync(server, process.Token);

        await server.Server.RotateTokensAsync();
        int old = await StatusAsync(server, process.Token);
        int renewed = await StatusAsync(server, await File.ReadAllTextAsync(Path.Combine(process.Start.ServiceAccountDirectory, "token")));

        before.ShouldBe(200);
        old.ShouldBe(401);
        renewed.ShouldBe(200);
        process.Exited.IsCompleted.ShouldBeFalse();
    }

    private static async Task<int> StatusAsync(TestServer server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api");
        request.Headers.Authorization = new("Bearer", token);
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        return (int)response.StatusCode;
    }
}
