// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>Carries the log lines of the Kubernetes client and runtime into the program's log.</summary>
internal static class KubeLogging
{
    /// <summary>A target for log lines.</summary>
    public static KubeLog To(ILogger log) => (level, message, error) => log.Log(
        level switch
        {
            KubeLogLevel.Debug => LogLevel.Debug,
            KubeLogLevel.Information => LogLevel.Information,
            KubeLogLevel.Warning => LogLevel.Warning,
            _ => LogLevel.Error,
        },
        error,
        "{Message}",
        message);
}
