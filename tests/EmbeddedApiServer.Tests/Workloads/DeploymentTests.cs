// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Workloads;

public sealed class DeploymentTests : IAsyncLifetime
{
    private const string Path = "/apis/apps/v1/namespaces/default/deployments/operator";
    private readonly FakePodRuntime _runtime = new();
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(new ApiServerOptions
    {
        Nodes = Objects.Nodes(2),
        PodRuntime = _runtime,
        RunsDeployments = true,
        RestartBackOff = TimeSpan.FromMilliseconds(50),
    });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Apply_TwoReplicas_RunsTwoAndScalesToOne()
    {
        await ApplyAsync("known:1", 2);
        await UntilAvailableAsync(2);
        int first = _runtime.Alive.Count();

        await ApplyAsync("known:1", 1);
        await _server.UntilAsync(Path, body => (int?)body?["status"]?["replicas"] == 1 && _runtime.Alive.Count() == 1);

        first.ShouldBe(2);
        _runtime.Alive.Count().ShouldBe(1);
    }

    [Fact]
    public async Task Process_Ends_IsStartedAgain()
    {
        await ApplyAsync("known:1", 2);
        await UntilAvailableAsync(2);

        _runtime.Started[0].End(1);
        await _server.UntilAsync(Path, _ => _runtime.Started.Count == 3);
        await UntilAvailableAsync(2);

        _runtime.Alive.Count().ShouldBe(2);
    }

    [Fact]
    public async Task Apply_NewImage_ReplacesAllAndDeletionEndsThem()
    {
        await ApplyAsync("known:1", 2);
        await UntilAvailableAsync(2);

        await ApplyAsync("known:2", 2);
        await _server.UntilAsync(Path, _ => _runtime.Alive.Count() == 2 && _runtime.Alive.All(process => process.Start.Image == "known:2"));
        string[] images = [.. _runtime.Alive.Select(process => process.Start.Image)];
        await _server.SendAsync("DELETE", Path);
        await _server.UntilAsync("/readyz", _ => !_runtime.Alive.Any());

        images.ShouldBe(["known:2", "known:2"]);
        _runtime.Alive.ShouldBeEmpty();
    }

    private async Task ApplyAsync(string image, int replicas)
    {
        JsonNode body = JsonNode.Parse($$"""
            {
              "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "operator" },
              "spec": {
                "replicas": {{replicas}},
                "selector": { "matchLabels": { "app": "operator" } },
                "template": { "metadata": { "labels": { "app": "operator" } }, "spec": { "terminationGracePeriodSeconds": 1, "containers": [ { "name": "operator", "image": "{{image}}" } ] } }
              }
            }
            """)!;
        (int code, JsonNode? answer) = await _server.ApplyAsync(Path, body);
        code.ShouldBeInRange(200, 201, answer?.ToJsonString());
    }

    private async Task UntilAvailableAsync(int count)
    {
        JsonNode? body = await _server.UntilAsync(Path, found => (int?)found?["status"]?["availableReplicas"] == count && (int?)found["status"]?["updatedReplicas"] == count);
        ((int?)body?["status"]?["availableReplicas"]).ShouldBe(count);
    }
}
