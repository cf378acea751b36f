// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Faults;

public sealed class AwayModeTests
{
    [Fact]
    public async Task GoAway_Refuse_ConnectionsAreRefusedAndComeBackAtTheSamePort()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.SendAsync("GET", "/readyz");

        await server.Server.GoAwayAsync(AwayMode.Refuse);
        HttpRequestException refused = await Should.ThrowAsync<HttpRequestException>(() => server.SendAsync("GET", "/readyz"));
        await server.Server.ComeBackAsync();

        (refused.InnerException as SocketException)?.SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        refused.HttpRequestError.ShouldBe(HttpRequestError.ConnectionError);
        (await server.SendAsync("GET", "/api/v1/namespaces/default")).Code.ShouldBe(200);
    }

    [Fact]
    public async Task GoAway_Hang_NothingIsAnsweredOnOldAndNewConnections()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpClient other = TestServer.MakeClient(server.Server);
        await server.SendAsync("GET", "/readyz");

        await server.Server.GoAwayAsync(AwayMode.Hang);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Exception? onOld = await Record.ExceptionAsync(() => server.Client.GetAsync(new Uri("/readyz", UriKind.Relative), patience.Token));
        using var again = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Exception? onNew = await Record.ExceptionAsync(() => other.GetAsync(new Uri("/readyz", UriKind.Relative), again.Token));
        await server.Server.ComeBackAsync();

        onOld.ShouldBeAssignableTo<OperationCanceledException>();
        onNew.ShouldBeAssignableTo<OperationCanceledException>();
        (await server.SendAsync("GET", "/readyz")).Code.ShouldBe(200);
    }
}
