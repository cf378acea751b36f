// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Scale.Probes;

/// <summary>Makes clients of the measured server.</summary>
internal static class Clients
{
    /// <exception cref="ScaleException">The kubeconfig cannot be used.</exception>
    public static KubernetesClient Make(string kubeconfig, KubernetesClientOptions options)
    {
        var client = KubernetesClientFactory.FromKubeconfig(kubeconfig, TimeProvider.System, options);
        return client.IsSuccess ? client.Value : throw new ScaleException(client.Error.Message);
    }
}
