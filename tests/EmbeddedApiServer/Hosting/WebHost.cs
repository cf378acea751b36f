// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>Kestrel with TLS, HTTP/1.1 and HTTP/2, on loopback and on the sockets that were handed in.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private const int MaxConnections = 25_000;
    private readonly WebApplication _application;

    private WebHost(WebApplication application, int port)
    {
        _application = application;
        Port = port;
    }

    public int Port { get; }

    public static async Task<WebHost> StartAsync(ApiServerOptions options, X509Certificate2 certificate, ConnectionGate gate, RequestDelegate handler, CancellationToken ct)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // counted by BodyReader, which answers with a Status
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, options.LoopbackPort, listen => Configure(listen, certificate, gate));
            foreach (ulong handle in options.ExtraListenHandles)
                kestrel.ListenHandle(handle, listen => Configure(listen, certificate, gate));
        });
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        WebApplication application = builder.Build();
        application.Run(handler);
        await application.StartAsync(ct);
        IEnumerable<string> addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new WebHost(application, addresses.Select(address => new Uri(address)).First(uri => uri.IsLoopback).Port);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _application.StopAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Requests that do not end are cut off by the disposal.
        }

        await _application.DisposeAsync();
    }

    private static void Configure(ListenOptions listen, X509Certificate2 certificate, ConnectionGate gate)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => connection => gate.PassAsync(connection, next));
        listen.UseHttps(certificate);
    }
}
