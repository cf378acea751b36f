// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>The machine's kubectl, turned to the lab's API server.</summary>
public sealed class Kubectl(LabCluster cluster)
{
    /// <summary>Whether there is one.</summary>
    public static bool IsInstalled { get; } = Prerequisites.OnPath("kubectl");

    /// <summary>Runs it.</summary>
    public Task<CommandResult> RunAsync(CancellationToken ct, params string[] arguments) => Command.RunAsync(
        ["kubectl", "--kubeconfig", cluster.Kubeconfig, "--cache-dir", cluster.KubectlCache, .. arguments], input: null, limit: null, ct);
}
