// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Credentials;

public sealed class TokenTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kube-token");
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_folder.FullName, "token");

    [Fact]
    public async Task GetAsync_WithinAMinute_KeepsTheTokenAndThenReadsAgain()
    {
        Write("one\n");
        using var tokens = new TokenSource(File, _time);
        (await tokens.GetAsync(CancellationToken.None)).ShouldBe("one");
        Write("two");

        _time.Advance(TimeSpan.FromSeconds(49));
        (await tokens.GetAsync(CancellationToken.None)).ShouldBe("one");
        _time.Advance(TimeSpan.FromSeconds(1));
        (await tokens.GetAsync(CancellationToken.None)).ShouldBe("two");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  \n")]
    [InlineData("a b")]
    [InlineData("a\nX-Evil: 1")]
    public async Task GetAsync_LaterReadFails_UsesTheOldOneAndLogs(string? content)
    {
        var log = new List<string>();
        Write("one");
        using var tokens = new TokenSource(File, _time, log: (_, message, _) => log.Add(message));
        await tokens.GetAsync(CancellationToken.None);
        Write(content);
        _time.Advance(TimeSpan.FromMinutes(2));

        (await tokens.GetAsync(CancellationToken.None)).ShouldBe("one");

        log.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task GetAsync_FirstReadFails_Throws(string? content)
    {
        Write(content);
        using var tokens = new TokenSource(File, _time);

        await Should.ThrowAsync<CredentialException>(() => tokens.GetAsync(CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task DropIfReadBefore_TokenReadLater_Stays()
    {
        Write("one");
        using var tokens = new TokenSource(File, _time);
        long before = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        await tokens.GetAsync(CancellationToken.None);
        Write("two");

        tokens.DropIfReadBefore(before);
        (await tokens.GetAsync(CancellationToken.None)).ShouldBe("one");

        _time.Advance(TimeSpan.FromSeconds(1));
        tokens.DropIfReadBefore(_time.GetTimestamp());
        (await tokens.GetAsync(CancellationToken.None)).ShouldBe("two");
    }

    [Fact]
    public async Task Client_401_DropsTheTokenForTheNextRequestAndDoesNotRepeatThisOne()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context =>
            context.Request.Headers.Authorization == "Bearer two" ? context.JsonAsync("""{"metadata":{"name":"a"}}""") : context.StatusAsync(401, "Unauthorized"));
        Write("one");
        using KubernetesClient client = KubernetesClients.Connect(server, time: _time, token: new TokenSource(File, _time));
        (await GetAsync(client)).Error!.Kind.ShouldBe(KubeErrorKind.Unauthorized);
        _time.Advance(TimeSpan.FromSeconds(1));
        Write("two");

        (await GetAsync(client)).Error!.Kind.ShouldBe(KubeErrorKind.Unauthorized);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await GetAsync(client)).IsSuccess.ShouldBeTrue();

        server.Requests.Select(request => request.Authorization).ShouldBe(["Bearer one", "Bearer one", "Bearer two"]);
    }

    [Fact]
    public async Task Client_NoToken_IsUnauthorizedWithoutARequest()
    {
        await using FakeApiServer server = await FakeApiServer.StartAsync(context => context.JsonAsync("{}"));
        using KubernetesClient client = KubernetesClients.Connect(server, time: _time, token: new TokenSource(File, _time));

        (await GetAsync(client)).Error!.Kind.ShouldBe(KubeErrorKind.Unauthorized);
        server.Requests.ShouldBeEmpty();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<KubeResult<Widget>> GetAsync(KubernetesClient client) => client.GetAsync(Widget.Type, null, "a", CancellationToken.None);

    private void Write(string? content)
    {
        if (content is null) System.IO.File.Delete(File);
        else System.IO.File.WriteAllText(File, content);
    }
}
