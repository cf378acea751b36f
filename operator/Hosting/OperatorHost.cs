// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.LeaderElection;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>
/// The process: settings, connection, telemetry, and then the operation until it ends.
/// </summary>
internal static partial class OperatorHost
{
    /// <summary>Exit code when a part could not go on.</summary>
    private const int Failed = 1;

    /// <summary>Exit code when another operator may have taken the lease.</summary>
    private const int LeadershipLost = 3;

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

        var telemetry = new OperatorTelemetry(options.OtlpEndpoint);
        await using var app = OperatorEndpoints.BuildServer(options.Listen);
        using (telemetry)
        {
            var log = app.Services.GetRequiredService<ILoggerFactory>();
            using var requests = new ClientMetrics();
            var client = Connect(options, requests, log);
            if (!client.IsSuccess)
            {
                await Console.Error.WriteLineAsync(client.Error.Message);
                return OperatorCommand.UsageError;
            }

            using (client.Value)
            {
                var own = log.CreateLogger("KubeWgDiag.Operator");
                var meters = app.Services.GetRequiredService<IMeterFactory>();
                using var operation = new Operation(client.Value, settings.Settings, options, meters, log, new HttpServer(app, own));
                OperatorEndpoints.Map(app, telemetry.Scraper, () => operation.IsReady, () => operation.IsHealthy);
                return await RunAsync(app, operation, own, ct);
            }
        }
    }

    private static async Task<int> RunAsync(WebApplication app, Operation operation, ILogger log, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, app.Lifetime.ApplicationStopping);
        try
        {
            await operation.RunAsync(stop.Token);
            LogStopped(log);
            return 0;
        }
        catch (LeadershipLostException error)
        {
            // Nothing is waited for: every moment might be one in which two operators work.
            LogFailed(log, error);
            return LeadershipLost;
        }
        catch (Exception error)
        {
            // A part that cannot go on: whoever started the process starts it anew, and it finds everything in the API server.
            LogFailed(log, error);
            return Failed;
        }
    }

    private static KubeResult<KubernetesClient> Connect(OperatorOptions options, ClientMetrics requests, ILoggerFactory log)
    {
        var clientOptions = new KubernetesClientOptions
        {
            UserAgent = "kubewgdiag-operator",
            Metrics = requests,
            Log = KubeLogging.To(log.CreateLogger("KubeWgDiag.Kube")),
        };
        return options.Kubeconfig is { } path
            ? KubernetesClientFactory.FromKubeconfig(path, TimeProvider.System, clientOptions)
            : KubernetesClientFactory.InCluster(TimeProvider.System, clientOptions);
    }

    [LoggerMessage(Level = LogLevel.Information, EventId = 2, Message = "stopped")]
    private static partial void LogStopped(ILogger log);

    [LoggerMessage(Level = LogLevel.Critical, EventId = 3, Message = "the operator cannot go on")]
    private static partial void LogFailed(ILogger log, Exception error);
}
