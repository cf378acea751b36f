// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>
/// A real HTTP host on loopback that answers as a test scripts it. It keeps no objects and checks nothing: what it does not
/// simulate is everything that the script does not say.
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeApiServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    public static async Task<FakeApiServer> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null, Action<string?>? sawServerName = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is null) return;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificateSelector = (_, name) =>
                {
                    sawServerName?.Invoke(name);
                    return certificate;
                },
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (_, _, _) => true,
            });
        }));
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        WebApplication app = builder.Build();
        var server = new FakeApiServer(app);
        app.Run(async context =>
        {
            server.Requests.Enqueue(await SeenRequest.ReadAsync(context));
            await answer(context);
        });
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>What the server was asked.</summary>
internal sealed record SeenRequest(string Method, string Target, string Protocol, string? Authorization, string? ContentType, string Body)
{
    public static async Task<SeenRequest> ReadAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return new SeenRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Protocol,
            context.Request.Headers.Authorization,
            context.Request.ContentType,
            await reader.ReadToEndAsync());
    }
}
