// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Credentials;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Clients as the factory makes them.</summary>
internal static class KubernetesClients
{
    public static KubernetesClient Connect(FakeApiServer server, KubernetesClientOptions? options = null, TimeProvider? time = null, TokenSource? token = null) =>
        KubernetesClientFactory.Create(new ClusterAccess { Server = server.Url, Token = token }, time ?? TimeProvider.System, options);
}
