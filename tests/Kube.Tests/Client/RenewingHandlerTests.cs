// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Tests.Support;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Client;

/// <summary>Over real TLS and HTTP/2: which requests share a connection.</summary>
public sealed class RenewingHandlerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kube-renew");
    private readonly FakeTimeProvider _time = new();
    private readonly Certificates _authority = new();
    private readonly ConcurrentQueue<string> _connections = new();
    private readonly ConcurrentQueue<string?> _thumbprints = new();
    private readonly ConcurrentQueue<string> _closed = new();
    private readonly Channel<string> _frames = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task GetAsync_AuthorityRotates_GetsANewConnectionAndAnOpenWatchGoesOn()
    {
        using var next = new Certificates();
        string bundle = Write("ca.crt", _authority.Pem);
        await using FakeApiServer server = await StartAsync();
        var access = new ClusterAccess { Server = server.Url, Trust = TrustSource.FromPem(_authority.Pem, bundle, _time) };
        using KubernetesClient client = KubernetesClientFactory.Create(access, TimeProvider.System);
        await using IAsyncEnumerator<WatchEvent<Widget>> watch = client.WatchAsync(
            Widget.Type, new WatchOptions { ResourceVersion = "1", Timeout = TimeSpan.FromMinutes(5) }, CancellationToken.None).GetAsyncEnumerator();
        await NextAsync(watch, "a");
        await GetAsync(client);
        // The same text, a broken file: no reason for anything.
        _time.Advance(TimeSpan.FromMinutes(6));
        await GetAsync(client);
        Write("ca.crt", "broken");
        _time.Advance(TimeSpan.FromMinutes(6));
        await GetAsync(client);

        Write("ca.crt", next.Pem + "\n" + _authority.Pem);
        _time.Advance(TimeSpan.FromMinutes(6));
        await GetAsync(client);
        await GetAsync(client);

        await NextAsync(watch, "b");
        string[] seen = [.. _connections];
        seen[..3].Distinct().Count().ShouldBe(1);
        seen[3].ShouldNotBe(seen[0]);
        seen[4].ShouldBe(seen[3]);
    }

    [Fact]
    public async Task GetAsync_AuthorityReplacedByAnother_IsNotTrustedAnyMore()
    {
        using var other = new Certificates();
        string bundle = Write("ca.crt", _authority.Pem);
        await using FakeApiServer server = await StartAsync();
        using KubernetesClient client = KubernetesClientFactory.Create(
            new ClusterAccess { Server = server.Url, Trust = TrustSource.FromPem(_authority.Pem, bundle, _time) }, TimeProvider.System, new KubernetesClientOptions { MaxRetries = 0 });
        await GetAsync(client);

        Write("ca.crt", other.Pem);
        _time.Advance(TimeSpan.FromMinutes(6));

        (await client.GetAsync(Widget.Type, null, "a", CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Unreachable);
    }

    [Fact]
    public async Task GetAsync_ClientCertificateFilesChange_PresentsTheNewOne()
    {
        (X509Certificate2 first, string certificate, string key) = _authority.Issue("one.example.org");
        (X509Certificate2 second, string laterCertificate, string laterKey) = _authority.Issue("two.example.org");
        IReadOnlyList<string> files = [Write("tls.crt", certificate), Write("tls.key", key)];
        await using FakeApiServer server = await StartAsync();
        var access = new ClusterAccess
        {
            Server = server.Url,
            Trust = TrustSource.FromPem(_authority.Pem, null, _time),
            ClientCertificate = ClientCertificateSource.FromPem(certificate, key, files, _time),
        };
        using KubernetesClient client = KubernetesClientFactory.Create(access, TimeProvider.System);
        await GetAsync(client);

        // Half of a pair is not a pair yet.
        Write("tls.crt", laterCertificate);
        _time.Advance(TimeSpan.FromMinutes(5));
        await GetAsync(client);
        Write("tls.key", laterKey);
        _time.Advance(TimeSpan.FromMinutes(4));
        await GetAsync(client);
        _time.Advance(TimeSpan.FromMinutes(1));
        await GetAsync(client);

        _thumbprints.ShouldBe([first.Thumbprint, first.Thumbprint, first.Thumbprint, second.Thumbprint]);
        _connections.Distinct().Count().ShouldBe(2);
        // The idle connection with the old certificate is closed, not just left alone.
        await FakeTime.UntilAsync(() => !_closed.IsEmpty);
        _closed.ShouldAllBe(connection => connection == _connections.First());
    }

    [Fact]
    public async Task GetAsync_PluginOfAKubeconfig_RenewsTokensWithoutAndCertificatesWithANewConnection()
    {
        (X509Certificate2 first, string certificate, string key) = _authority.Issue("one.example.org");
        (X509Certificate2 second, string laterCertificate, string laterKey) = _authority.Issue("two.example.org");
        int calls = 0;
        await using FakeApiServer server = await StartAsync(context =>
            Interlocked.Increment(ref calls) is 1 or 3 ? context.StatusAsync(401, "Unauthorized") : AnswerAsync(context));
        string config = WriteKubeconfig(server.Url);
        WriteAnswer("one", certificate, key);
        using KubernetesClient client = KubernetesClientFactory.FromKubeconfig(config, TimeProvider.System).Value!;

        (await client.GetAsync(Widget.Type, null, "a", CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Unauthorized);
        WriteAnswer("two", certificate, key);
        await GetAsync(client);
        WriteAnswer("three", laterCertificate, laterKey);
        (await client.GetAsync(Widget.Type, null, "a", CancellationToken.None)).Error!.Kind.ShouldBe(KubeErrorKind.Unauthorized);
        await GetAsync(client);

        server.Requests.Select(request => request.Authorization).ShouldBe(["Bearer one", "Bearer two", "Bearer two", "Bearer three"]);
        _thumbprints.ShouldBe([first.Thumbprint, first.Thumbprint, first.Thumbprint, second.Thumbprint]);
        string[] seen = [.. _connections];
        seen[..3].Distinct().Count().ShouldBe(1);
        seen[3].ShouldNotBe(seen[0]);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Task AnswerAsync(HttpContext context) => context.JsonAsync("""{"metadata":{"name":"a"}}""");

    private static async Task GetAsync(KubernetesClient client) =>
        (await client.GetAsync(Widget.Type, null, "a", CancellationToken.None)).Error?.Message.ShouldBeNull();

    private async Task NextAsync(IAsyncEnumerator<WatchEvent<Widget>> watch, string name)
    {
        _frames.Writer.TryWrite(Answers.Frame("ADDED", name, "2"));
        (await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();
        watch.Current.Error?.Message.ShouldBeNull();
        watch.Current.Object!.Metadata.Name.ShouldBe(name);
    }

    private Task<FakeApiServer> StartAsync(RequestDelegate? answer = null) => FakeApiServer.StartAsync(
        async context =>
        {
            if (context.Request.Query.ContainsKey("watch"))
            {
                await context.FramesAsync(await _frames.Reader.ReadAsync(context.RequestAborted));
                await context.Response.WriteAsync(await _frames.Reader.ReadAsync(context.RequestAborted));
                return;
            }

            string connection = context.Connection.Id;
            if (!_connections.Contains(connection))
                context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.Register(() => _closed.Enqueue(connection));
            _connections.Enqueue(connection);
            _thumbprints.Enqueue(context.Connection.ClientCertificate?.Thumbprint);
            await (answer ?? AnswerAsync)(context);
        },
        _authority.Issue(null).Certificate);

    private string WriteKubeconfig(Uri server)
    {
        Scripts.Write(Path.Combine(_folder.FullName, "plugin"), "exec cat \"$1\"");
        Write("ca.crt", _authority.Pem);
        return Write("config", $$"""
            current-context: main
            clusters: [{ name: c, cluster: { server: "{{server}}", certificate-authority: ca.crt } }]
            users: [{ name: u, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: ["{{_folder.FullName}}/answer json"], interactiveMode: Never } } }]
            contexts: [{ name: main, context: { cluster: c, user: u } }]
            """);
    }

    private void WriteAnswer(string token, string certificate, string key) => Write("answer json", new System.Text.Json.Nodes.JsonObject
    {
        ["apiVersion"] = "client.authentication.k8s.io/v1",
        ["kind"] = "ExecCredential",
        ["status"] = new System.Text.Json.Nodes.JsonObject { ["token"] = token, ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
    }.ToJsonString());

    private string Write(string file, string text)
    {
        string path = Path.Combine(_folder.FullName, file);
        File.WriteAllText(path, text);
        return path;
    }
}
