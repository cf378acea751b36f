// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Crds;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Scale.Probes;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Scale.Cluster;

/// <summary>The embedded API server in a process of its own, with all its nodes.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process, string kubeconfig) => (_process, Kubeconfig) = (process, kubeconfig);

    public string Kubeconfig { get; }

    public int Id => _process.Id;

    /// <summary>Starts it and waits until it serves the custom resources.</summary>
    public static async Task<ServerProcess> StartAsync(string assembly, int nodes, string folder, CancellationToken ct)
    {
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        File.Delete(kubeconfig);
        string[] command =
        [
            "dotnet", assembly, "--nodes", nodes.ToString(CultureInfo.InvariantCulture), "--kubeconfig", kubeconfig,
            "--crds", Path.Combine(RepositoryRoot.Path, "crds"), "--simulate-pods",
            "--watch-window", (4 * nodes).ToString(CultureInfo.InvariantCulture), "--watch-window-mib", "512",
        ];
        // Two cores for everything: one heap that is collected beside the work suits better than one for each core.
        var environment = new Dictionary<string, string> { ["DOTNET_gcServer"] = "0", ["DOTNET_TieredPGO"] = "0" };
        var server = new ServerProcess(ChildProcess.Start(Path.Combine(folder, "server.log"), environment, command), kubeconfig);
        await Ready.WaitAsync(server._process, "the API server", StartLimit, () => server.IsReadyAsync(ct), ct);
        return server;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        if (!File.Exists(Kubeconfig))
            return false;
        using var client = Clients.Make(Kubeconfig, new KubernetesClientOptions { UserAgent = "scale-setup", MaxRetries = 0 });
        var list = await client.ListAsync(CrdTypes.NodeProbe, new ListOptions(), ct);
        return list.IsSuccess;
    }
}
