// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Demo.Cluster;

/// <summary>The lab's own installation: the probe's rights, and an operator that uses the lab's kubeconfig.</summary>
internal static class LabInstall
{
    private const string Settings = $$"""
        {
          "image": "{{ProbeRuntime.Image}}",
          "serviceAccountName": "kubewgdiag-probe",
          "resources": { "requests": { "cpu": "20m", "memory": "64Mi" }, "limits": { "memory": "128Mi" } }
        }
        """;

    public static async Task<ClusterInstall> ReadAsync(CancellationToken ct) =>
        new(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "manifests", "install.yaml"), ct), Settings, OperatorAccount: null);
}
