// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Watching;

/// <summary>sendInitialEvents beyond what the recordings show.</summary>
public sealed class StreamingListTests
{
    private const string Query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    private const string Namespaces = "/api/v1/namespaces";

    [Fact]
    public async Task StreamingList_EndsTheBeginningWithAMarkedBookmark()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Request("GET", $"{Namespaces}?{Query}&timeoutSeconds=1");
        using HttpResponseMessage response = await server.Client.SendAsync(request);

        JsonNode[] frames = [.. (await response.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

        frames[..4].ShouldAllBe(frame => (string)frame["type"]! == "ADDED");
        ((string)frames[4]["type"]!).ShouldBe("BOOKMARK");
        ((string)frames[4]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!).ShouldBe("true");
        long.Parse((string)frames[4]["object"]!["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(100);
    }

    [Fact]
    public async Task StreamingList_SwitchedOff_IsInvalid()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions { StreamsLists = false });

        (int code, JsonNode? status) = await server.SendAsync("GET", $"{Namespaces}?{Query}");

        code.ShouldBe(422);
        ((string)status!["reason"]!).ShouldBe("Invalid");
        ((string)status["details"]!["causes"]![0]!["field"]!).ShouldBe("sendInitialEvents");
    }

    [Theory]
    [InlineData("watch=true&resourceVersionMatch=NotOlderThan", 422, "Invalid")]
    [InlineData("sendInitialEvents=true", 422, "Invalid")]
    [InlineData(Query + "&resourceVersion=99999999", 504, "Timeout")]
    public async Task StreamingList_AskedForWrongly_IsRefused(string query, int expected, string reason)
    {
        await using TestServer server = await TestServer.StartAsync();

        (int code, JsonNode? status) = await server.SendAsync("GET", $"{Namespaces}?{query}");

        code.ShouldBe(expected);
        ((string)status!["reason"]!).ShouldBe(reason);
    }

    [Fact]
    public async Task ExpireWatches_OpenWatch_EndsWith410()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Request("GET", $"{Namespaces}?{Query}");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        server.Server.ExpireWatches();
        string text = await response.Content.ReadAsStringAsync();

        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].ShouldContain("\"reason\":\"Expired\"");
    }
}
