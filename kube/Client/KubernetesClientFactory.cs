// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Credentials;
using KubeWgDiag.Kube.Credentials.Exec;

namespace KubeWgDiag.Kube.Client;

/// <summary>Makes clients from credentials. Reads files, connects to nothing.</summary>
public static class KubernetesClientFactory
{
    /// <summary>With the credentials that a pod has.</summary>
    public static KubeResult<KubernetesClient> InCluster(TimeProvider time, KubernetesClientOptions? options = null) =>
        FromAccess(InClusterCredentials.Load(Environment.GetEnvironmentVariable, InClusterCredentials.Directory, time, options?.Log), time, options);

    /// <summary>With the current context of a kubeconfig.</summary>
    /// <param name="path">Null = what KUBECONFIG lists, else <c>~/.kube/config</c>.</param>
    /// <param name="time">Clock.</param>
    /// <param name="options">Limits.</param>
    public static KubeResult<KubernetesClient> FromKubeconfig(string? path, TimeProvider time, KubernetesClientOptions? options = null) =>
        FromAccess(KubeconfigCredentials.Load(path, Environment.GetEnvironmentVariable, time, options?.Log), time, options);

    /// <summary>With credentials that were read before.</summary>
    public static KubernetesClient Create(ClusterAccess access, TimeProvider time, KubernetesClientOptions? options = null)
    {
        HttpMessageHandler handler = ApiConnector.CreateHandler(access);
        if (access.Token is not null) handler = new BearerTokenHandler(access.Token, time, handler);
        if (access.Exec is not null) handler = new ExecCredentialHandler(access.Exec, handler);
        return new KubernetesClient(handler, access.Server, options ?? new KubernetesClientOptions(), time) { DefaultNamespace = access.DefaultNamespace };
    }

    private static KubeResult<KubernetesClient> FromAccess(KubeResult<ClusterAccess> access, TimeProvider time, KubernetesClientOptions? options) =>
        access.IsSuccess ? KubeResult<KubernetesClient>.Ok(Create(access.Value, time, options)) : access.Error;
}
