// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Controllers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>The endpoints as the first part to start and the last to stop.</summary>
internal sealed partial class HttpServer(WebApplication app, ILogger log) : IManagedServer
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken ct)
    {
        await app.StartAsync(ct);
        LogStarted(log, string.Join(", ", app.Urls));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken abort) => app.StopAsync(abort);

    [LoggerMessage(Level = LogLevel.Information, EventId = 1, Message = "serving /metrics, /healthz and /readyz on {Urls}")]
    private static partial void LogStarted(ILogger log, string urls);
}
