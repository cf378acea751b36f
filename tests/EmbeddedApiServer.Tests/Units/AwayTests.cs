// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

/// <summary>Connections: going away and coming back, handed-in sockets, HTTP/2, watches from too far back.</summary>
public sealed class AwayTests
{
    [Fact]
    public async Task GoAway_OpenWatch_IsCutAndRequestsFailUntilTheServerIsBack()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Request("GET", "/api/v1/namespaces?watch=true&resourceVersion=0");
        using HttpResponseMessage watch = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        await server.Server.GoAwayAsync();
        Exception? cut = await Record.ExceptionAsync(() => watch.Content.ReadAsStringAsync());
        await Should.ThrowAsync<HttpRequestException>(() => server.SendAsync("GET", "/readyz"));
        await server.Server.ComeBackAsync();

        cut.ShouldNotBeNull();
        (await server.SendAsync("GET", "/readyz")).Code.ShouldBe(200);
        (await server.SendAsync("GET", "/api/v1/namespaces/default")).Code.ShouldBe(200);
    }

    [Fact]
    public async Task Start_WithAHandedInSocket_AnswersThereToo()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions { ExtraListenHandles = [(ulong)socket.SafeHandle.DangerousGetHandle()] });
        socket.SafeHandle.SetHandleAsInvalid(); // the server owns it now, so this object must not be disposed either

        using HttpClient client = TestServer.MakeClient(server.Server);
        using HttpResponseMessage answer = await client.GetAsync(new Uri($"https://127.0.0.1:{port}/readyz"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Request_WithHttp2_IsAnsweredInHttp2()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpRequestMessage request = server.Request("GET", "/version");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;

        using HttpResponseMessage answer = await server.Client.SendAsync(request);

        answer.Version.ShouldBe(HttpVersion.Version20);
    }

    [Fact]
    public async Task Watch_FromAVersionThatFellOutOfTheWindow_EndsWith410()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions { WatchWindow = 5 });
        (_, JsonNode? list) = await server.SendAsync("GET", "/api/v1/namespaces/default/secrets");
        for (int index = 0; index < 10; index++)
            await server.SendAsync("POST", "/api/v1/namespaces/default/secrets", JsonNode.Parse($$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s{{{index}}}"}}"""));

        (int code, JsonNode? frame) = await server.SendAsync("GET", $"/api/v1/namespaces/default/secrets?watch=true&resourceVersion={list!["metadata"]!["resourceVersion"]}&timeoutSeconds=5");

        code.ShouldBe(200);
        ((string)frame!["type"]!).ShouldBe("ERROR");
        ((int)frame["object"]!["code"]!).ShouldBe(410);
        ((string)frame["object"]!["reason"]!).ShouldBe("Expired");
    }

    [Fact]
    public async Task List_SecondPageAfterChanges_ShowsTheStateOfTheFirst()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.SendAsync("POST", Objects.Definitions, Objects.WidgetDefinition());
        foreach (string name in (string[])["a", "b", "c"])
            await server.SendAsync("POST", Objects.Widgets, Objects.Widget(name));
        (_, JsonNode? first) = await server.SendAsync("GET", Objects.Widgets + "?limit=1");
        await server.SendAsync("DELETE", Objects.Widgets + "/b");
        await server.SendAsync("POST", Objects.Widgets, Objects.Widget("d"));

        (_, JsonNode? second) = await server.SendAsync("GET", $"{Objects.Widgets}?limit=5&continue={first!["metadata"]!["continue"]}");
        server.Server.Compact();
        (int late, JsonNode? expired) = await server.SendAsync("GET", $"{Objects.Widgets}?limit=5&continue={first["metadata"]!["continue"]}");

        ((JsonArray)second!["items"]!).Select(item => (string)item!["metadata"]!["name"]!).ShouldBe(["b", "c"]);
        second["metadata"]!["resourceVersion"]!.ToString().ShouldBe(first["metadata"]!["resourceVersion"]!.ToString());
        late.ShouldBe(410);
        ((string)expired!["reason"]!).ShouldBe("Expired");
    }
}
