// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Support;

/// <summary>A running server with a plain HTTP client that trusts it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private TestServer(ApiServer server, HttpClient client)
    {
        Server = server;
        Client = client;
    }

    public ApiServer Server { get; }

    public HttpClient Client { get; }

    public static async Task<TestServer> StartAsync(ApiServerOptions? options = null)
    {
        ApiServer server = await ApiServer.StartAsync(options ?? new ApiServerOptions(), CancellationToken.None);
        return new TestServer(server, MakeClient(server));
    }

    /// <summary>A client of its own, with its own connections.</summary>
    public static HttpClient MakeClient(ApiServer server)
    {
        X509Certificate2 authority = X509Certificate2.CreateFromPem(server.AuthorityPem);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        return new HttpClient(handler) { BaseAddress = server.LoopbackUrl, Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpRequestMessage Request(string method, string path, JsonNode? body = null, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Server.AdminToken);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        return request;
    }

    public async Task<(int Code, JsonNode? Body)> SendAsync(string method, string path, JsonNode? body = null, string contentType = "application/json")
    {
        using HttpRequestMessage request = Request(method, path, body, contentType);
        using HttpResponseMessage response = await Client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : text);
    }

    public Task<(int Code, JsonNode? Body)> ApplyAsync(string path, JsonNode body, string manager = "test", bool force = true) =>
        SendAsync("PATCH", $"{path}?fieldManager={manager}{(force ? "&force=true" : "")}", body, "application/apply-patch+yaml");

    /// <summary>Reads until the condition holds; the last answer when it never does within thirty seconds.</summary>
    public async Task<JsonNode?> UntilAsync(string path, Func<JsonNode?, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            (_, JsonNode? body) = await SendAsync("GET", path);
            if (condition(body) || limit.IsCancellationRequested)
                return body;
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
