// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>Starts the process that stands for a pod's container. Given by the lab.</summary>
public interface IPodRuntime
{
    /// <exception cref="PodRefusedException">The runtime will not start this pod, for instance because it does not know the image.</exception>
    Task<IPodProcess> StartAsync(PodStart pod, CancellationToken ct);
}

/// <summary>A running container.</summary>
public interface IPodProcess
{
    /// <summary>Completes with the exit code.</summary>
    Task<int> Exited { get; }

    /// <summary>Asks the process to end, and ends it when <paramref name="grace"/> is over.</summary>
    Task StopAsync(TimeSpan grace);

    /// <summary>The last lines of output.</summary>
    string LogTail { get; }
}

/// <summary>What to start.</summary>
/// <param name="ServiceAccountDirectory">Folder on the host with token, ca.crt and namespace; to be seen by the process at /var/run/secrets/kubernetes.io/serviceaccount.</param>
public sealed record PodStart(
    string Node,
    string Namespace,
    string Name,
    string Uid,
    string Image,
    IReadOnlyList<string> Args,
    IReadOnlyDictionary<string, string> Environment,
    string ServiceAccountDirectory);
