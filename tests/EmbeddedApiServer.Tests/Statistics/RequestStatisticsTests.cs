// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Statistics;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Statistics;

public sealed class RequestStatisticsTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Rows_AfterWritesAndReads_HoldCountsBytesAndTheLargestObject()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Client.DefaultRequestHeaders.UserAgent.ParseAdd("kubewgdiag-operator/1.2 (test)");
        JsonNode body = JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"b"}}""")!;
        await server.ApplyAsync(Maps + "/m", body);
        await server.ApplyAsync(Maps + "/m", body);
        await server.SendAsync("GET", Maps + "/absent");

        RequestCount apply = server.Server.Statistics.Rows.Single(row => row is { Verb: "patch", Resource: "configmaps" });
        RequestCount get = server.Server.Statistics.Rows.Single(row => row is { Verb: "get", Resource: "configmaps" });

        apply.Agent.ShouldBe("kubewgdiag-operator");
        apply.Requests.ShouldBe(2);
        apply.Writes.ShouldBe(1); // the second changed nothing
        apply.BytesIn.ShouldBe(2 * body.ToJsonString().Length);
        apply.LargestObject.ShouldBe(apply.BytesOut / 2);
        get.Refused.ShouldBe(1);
        get.Writes.ShouldBe(0);
    }

    [Fact]
    public async Task Endpoint_OverHttp_ShowsAndResetsForTheAdministratorOnly()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.SendAsync("GET", Maps);
        using var stranger = new HttpRequestMessage(HttpMethod.Get, "/debug/statistics");
        using HttpResponseMessage refused = await server.Client.SendAsync(stranger);

        (int code, JsonNode? shown) = await server.SendAsync("GET", "/debug/statistics");
        await server.SendAsync("DELETE", "/debug/statistics");

        ((int)refused.StatusCode).ShouldBe(403);
        code.ShouldBe(200);
        ((JsonArray)shown!["rows"]!).ShouldContain(row => (string)row!["resource"]! == "configmaps" && (long)row["requests"]! == 1 && (long)row["bytesOut"]! > 0);
        server.Server.Statistics.Rows.ShouldNotContain(row => row.Resource == "configmaps");
    }

    [Fact]
    public async Task Watch_SendsFrames_CountsTheirBytesWhileItIsOpen()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Request("GET", "/api/v1/namespaces?watch=true");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using Stream stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[100]);

        server.Server.Statistics.Rows.Single(row => row.Verb == "watch").BytesOut.ShouldBeGreaterThan(100);
    }
}
