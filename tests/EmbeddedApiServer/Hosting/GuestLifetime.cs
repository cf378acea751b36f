// SPDX-License-Identifier: Apache-2.0

using Microsoft.Extensions.Hosting;

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>
/// The server is a guest in its process: it takes no signals. The default lifetime of a web application would swallow SIGTERM and Ctrl-C,
/// and the lab or test around it would not end.
/// </summary>
internal sealed class GuestLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
