// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Recordings;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

/// <summary>A probe's rights: its role, and the policy that binds it to its own node.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private readonly FakePodRuntime _runtime = new();
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(new ApiServerOptions { Nodes = Objects.Nodes(1), PodRuntime = _runtime });
        await _server.SendAsync("POST", Objects.Definitions, Objects.WidgetDefinition());
        await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("mine", "node-1"));
        await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("theirs", "node-2"));
        foreach (Exchange exchange in Exchange.LoadAll().Where(exchange => exchange.File.StartsWith("11-", StringComparison.Ordinal) && exchange.Index < 5))
            (await _server.SendAsync(exchange.Method, exchange.Path, exchange.Request["body"]!.DeepClone())).Code.ShouldBe(201);
        await _server.ApplyAsync(Objects.DaemonSet, Objects.Daemons(podSpec: """ "serviceAccountName": "probe", """));
        await _server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("mine", 200)]
    [InlineData("theirs", 422)]
    public async Task StatusWrite_WithThePodsToken_IsAllowedForItsOwnNodeOnly(string name, int expected)
    {
        (int code, JsonNode? body) = await AsPodAsync("PATCH", $"{Objects.Widgets}/{name}/status", """{"status":{"phase":"Running"}}""");

        code.ShouldBe(expected, body?.ToJsonString());
    }

    [Theory]
    [InlineData("GET", Objects.Widgets + "/mine", 200)]
    [InlineData("GET", Objects.Widgets, 403)]
    [InlineData("DELETE", Objects.Widgets + "/mine", 403)]
    [InlineData("GET", "/api/v1/namespaces/default/secrets", 403)]
    [InlineData("GET", "/apis", 200)]
    [InlineData("GET", "/metrics", 403)]
    public async Task Request_WithThePodsToken_FollowsItsRole(string method, string path, int expected)
    {
        (int code, _) = await AsPodAsync(method, path, null);

        code.ShouldBe(expected);
    }

    [Theory]
    [InlineData("pods", "list", "", false)]
    [InlineData("widgets", "get", "", true)]
    [InlineData("widgets", "patch", "status", true)]
    [InlineData("widgets", "create", "", false)]
    public async Task AccessReview_OfThePodsAccount_SaysWhatTheRoleSays(string resource, string verb, string subresource, bool expected)
    {
        var attributes = new JsonObject
        {
            ["group"] = resource == "pods" ? "" : "example.dev",
            ["resource"] = resource,
            ["verb"] = verb,
            ["subresource"] = subresource,
        };
        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };

        (int code, JsonNode? answer) = await AsPodAsync("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review.ToJsonString(), "application/json");

        code.ShouldBe(201);
        ((bool)answer!["status"]!["allowed"]!).ShouldBe(expected);
    }

    private async Task<(int Code, JsonNode? Body)> AsPodAsync(string method, string path, string? body, string contentType = "application/merge-patch+json")
    {
        using HttpRequestMessage request = _server.Request(method, path, body is null ? null : JsonNode.Parse(body), contentType);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _runtime.Started[0].Token);
        using HttpResponseMessage answer = await _server.Client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : text);
    }
}
