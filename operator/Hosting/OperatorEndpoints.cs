// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Operator.Metrics.Prometheus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>The HTTP side: metrics for Prometheus, health and readiness for the kubelet.</summary>
internal static class OperatorEndpoints
{
    /// <summary>Kubelet and scrapers need a handful; more is somebody else.</summary>
    private const int MaxConnections = 64;

    /// <summary>A server that does not listen yet.</summary>
    public static WebApplication BuildServer(Uri listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(listen.GetLeftPart(UriPartial.Authority));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            // Nobody has anything to send here.
            kestrel.Limits.MaxRequestBodySize = 0;
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        // A line for every scrape helps nobody.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddMetrics();
        return builder.Build();
    }

    /// <summary>Adds the endpoints.</summary>
    /// <param name="app">The server.</param>
    /// <param name="scraper">Answers scrapes.</param>
    /// <param name="isReady">True once the caches are filled.</param>
    /// <param name="isHealthy">False when the lease should have been renewed long ago.</param>
    public static void Map(WebApplication app, PrometheusScraper scraper, Func<bool> isReady, Func<bool> isHealthy)
    {
        // A process that answers is alive, for parts that cannot go on end it; only a loop that hangs would not be noticed.
        app.MapGet("/healthz", (RequestDelegate)(context => AnswerAsync(context, isHealthy(), "the lease was not renewed in time")));
        app.MapGet("/readyz", (RequestDelegate)(context => AnswerAsync(context, isReady(), "the caches are not filled yet")));
        app.MapGet("/metrics", (RequestDelegate)(context => AnswerScrapeAsync(context, scraper)));
    }

    private static Task AnswerAsync(HttpContext context, bool isWell, string fault)
    {
        context.Response.StatusCode = isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(isWell ? "ok\n" : fault + "\n", context.RequestAborted);
    }

    private static async Task AnswerScrapeAsync(HttpContext context, PrometheusScraper scraper)
    {
        var text = await scraper.ScrapeAsync(context.RequestAborted);
        if (text is null)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        context.Response.ContentType = PrometheusTextWriter.ContentType;
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }
}
