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
}
