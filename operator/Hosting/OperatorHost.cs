// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>
/// The process. It starts endpoints, then caches, then the controller, and stops in the reverse order, so that a kubelet always gets an answer and
/// nothing works on a cache that has ended.
/// </summary>
internal static partial class OperatorHost
{
    /// <summary>Runs until it is told to stop; gives the exit code.</summary>
    public static async Task<int> RunAsync(OperatorOptions options, CancellationToken ct)
    {
        var settings = ProbeSettingsFile.Read(options.ProbeSettingsFile);
        if (settings.Settings is null)
        {
            await Console.Error.WriteLineAsync($"The probe settings in {options.ProbeSettingsFile} cannot be used:");
            foreach (var fault in settings.Faults)
                await Console.Error.WriteLineAsync($"  {fault}");
            return OperatorCommand.UsageError;
        }

        var telemetry = new OperatorTelemetry();
        await using var app = OperatorEndpoints.BuildServer(options.Listen);
        using (telemetry)
        {
            var log = app.Services.GetRequiredService<ILoggerFactory>();
            var client = Connect(options, log);
            if (!client.IsSuccess)
            {
                await Console.Error.WriteLineAsync(client.Error.Message);
                return OperatorCommand.UsageError;
            }

            using (client.Value)
            {
                using var operation = new Operation(client.Value, settings.Settings, options, app.Services.GetRequiredService<IMeterFactory>(), log);
                OperatorEndpoints.Map(app, telemetry.Scraper, () => operation.IsReady);
                return await RunAsync(app, operation, log.CreateLogger("KubeWgDiag.Operator"), ct);
            }
        }
    }

    private static async Task<int> RunAsync(WebApplication app, Operation operation, ILogger log, CancellationToken ct)
    {
        await app.StartAsync(ct);
        LogStarted(log, string.Join(", ", app.Urls));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, app.Lifetime.ApplicationStopping);
        try
        {
            await operation.RunAsync(stop.Token);
            LogStopped(log);
            return 0;
        }
        catch (Exception error) when (!stop.IsCancellationRequested)
        {
            // A part that cannot go on: whoever started the process starts it anew, and it finds everything in the API server.
            LogFailed(log, error);
            return 1;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static KubeResult<KubernetesClient> Connect(OperatorOptions options, ILoggerFactory log)
    {
        var clientOptions = new KubernetesClientOptions { UserAgent = "kubewgdiag-operator", Log = KubeLogging.To(log.CreateLogger("KubeWgDiag.Kube")) };
        return options.Kubeconfig is { } path
            ? KubernetesClientFactory.FromKubeconfig(path, TimeProvider.System, clientOptions)
            : KubernetesClientFactory.InCluster(TimeProvider.System, clientOptions);
    }

    [LoggerMessage(Level = LogLevel.Information, EventId = 1, Message = "serving /metrics, /healthz and /readyz on {Urls}")]
    private static partial void LogStarted(ILogger log, string urls);

    [LoggerMessage(Level = LogLevel.Information, EventId = 2, Message = "stopped")]
    private static partial void LogStopped(ILogger log);

    [LoggerMessage(Level = LogLevel.Critical, EventId = 3, Message = "the operator cannot go on")]
    private static partial void LogFailed(ILogger log, Exception error);
}
