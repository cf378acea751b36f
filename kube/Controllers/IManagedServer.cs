// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Controllers;

/// <summary>Answers from outside, such as health and metrics over HTTP; first to start, last to stop, on leaders and others alike.</summary>
public interface IManagedServer
{
    /// <summary>Ends when it listens.</summary>
    Task StartAsync(CancellationToken ct);

    /// <summary>Ends when it does not listen any more.</summary>
    /// <param name="abort">Cuts off requests that do not end.</param>
    Task StopAsync(CancellationToken abort);
}
