// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>The API server: a real one by its kubeconfig, or an embedded one whose nodes know no image.</summary>
internal sealed class ClusterServer : IAsyncDisposable
{
    /// <summary>Names the kubeconfig of a real cluster.</summary>
    public const string Variable = "KUBECONFIG_TEST";

    private readonly ApiServer? _embedded;

    private ClusterServer(string kubeconfig, ApiServer? embedded) => (Kubeconfig, _embedded) = (kubeconfig, embedded);

    public string Kubeconfig { get; }

    public bool IsEmbedded => _embedded is not null;

    public static async Task<ClusterServer> StartAsync(CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } kubeconfig)
        {
            if (!File.Exists(kubeconfig)) throw new FileNotFoundException($"{Variable} names {kubeconfig}, which does not exist");
            return new ClusterServer(kubeconfig, null);
        }

        var server = await ApiServer.StartAsync(new ApiServerOptions { Nodes = Nodes(), PodRuntime = new NoImages() }, ct);
        var file = Path.Combine(Path.GetTempPath(), $"kubewgdiag-cluster-tests-{Environment.ProcessId}.kubeconfig");
        server.WriteKubeconfig(file);
        return new ClusterServer(file, server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_embedded is null) return;
        await _embedded.DisposeAsync();
        File.Delete(Kubeconfig);
    }

    // A tainted control plane and two workers, none named as in the recordings.
    private static EmbeddedNode[] Nodes() =>
    [
        new("control-plane", new Dictionary<string, string> { ["node-role.kubernetes.io/control-plane"] = "" }, ["192.0.2.1"], ["10.244.0.0/24"])
        {
            Taints = [new EmbeddedTaint("node-role.kubernetes.io/control-plane", "", "NoSchedule")],
        },
        new("worker-a", new Dictionary<string, string>(), ["192.0.2.2"], ["10.244.1.0/24"]),
        new("worker-b", new Dictionary<string, string>(), ["192.0.2.3"], ["10.244.2.0/24"]),
    ];

    private sealed class NoImages : IPodRuntime
    {
        public Task<IPodProcess> StartAsync(PodStart pod, CancellationToken ct) =>
            throw new PodRefusedException("ErrImagePull", $"the image {pod.Image} does not exist");
    }
}
