// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Planning;
using KubeWgDiag.Chaos.Probes;
using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.EmbeddedApiServer.Faults;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Chaos.Cluster;

/// <summary>The API server, three nodes whose pods are probe agents in this process, and credentials for operators.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kubewgdiag-chaos-");
    private readonly Installation _installation;

    private ChaosCluster(ApiServer api, AgentRuntime agents, KubernetesClient client)
    {
        (Api, Agents, Client) = (api, agents, client);
        _installation = new Installation(api);
    }

    public ApiServer Api { get; }

    public AgentRuntime Agents { get; }

    /// <summary>The judge's own client: no fault is meant for it, but a server that is away is away for all.</summary>
    public KubernetesClient Client { get; }

    /// <summary>For the operators: names the token file below.</summary>
    public string OperatorKubeconfig => Path.Combine(_folder.FullName, "operator.kubeconfig");

    public string ProbeSettings => Path.Combine(_folder.FullName, "probe-settings.json");

    private string TokenFile => Path.Combine(_folder.FullName, "operator.token");

    public static async Task<ChaosCluster> StartAsync(int seed, MeshWorld world, CancellationToken ct)
    {
        var agents = new AgentRuntime(world, seed);
        var api = await ApiServer.StartAsync(
            new ApiServerOptions
            {
                Nodes = [.. KnownMesh.Nodes.Select((name, i) => new EmbeddedNode(name, new Dictionary<string, string>(), [$"192.0.2.{i + 1}"], [$"10.244.{i + 1}.0/24"]))],
                PodRuntime = agents,
                RestartBackOff = TimeSpan.FromMilliseconds(200),
                Faults = new RequestFaults(seed),
            },
            ct);
        var cluster = new ChaosCluster(api, agents, Connect(api));
        await api.InstallCrdsAsync(Path.Combine(RepositoryRoot.Path, "crds"));
        await cluster._installation.InstallAsync(ct);
        await cluster.WriteOperatorFilesAsync(ct);
        return cluster;
    }

    /// <summary>Makes every token of a service account invalid and hands out new ones: probes find theirs in their pods, operators in their file.</summary>
    public async Task RotateTokensAsync(CancellationToken ct)
    {
        await Api.RotateTokensAsync();
        await WriteTokenAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _installation.Dispose();
        Client.Dispose();
        await Api.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static KubernetesClient Connect(ApiServer api)
    {
        var file = Path.GetTempFileName();
        api.WriteKubeconfig(file);
        var client = KubernetesClientFactory.FromKubeconfig(file, TimeProvider.System, new() { UserAgent = "kubewgdiag-chaos", CallLimit = TimeSpan.FromSeconds(10) });
        File.Delete(file);
        return client.IsSuccess ? client.Value : throw new InvalidOperationException(client.Error.Message);
    }

    private async Task WriteOperatorFilesAsync(CancellationToken ct)
    {
        await WriteTokenAsync(ct);
        Api.WriteKubeconfig(OperatorKubeconfig);
        var kubeconfig = await File.ReadAllTextAsync(OperatorKubeconfig, ct);
        await File.WriteAllTextAsync(OperatorKubeconfig, kubeconfig.Replace($"token: {Api.AdminToken}", $"tokenFile: {TokenFile}", StringComparison.Ordinal), ct);
        await File.WriteAllTextAsync(ProbeSettings, $$"""{ "image": "{{AgentRuntime.Image}}", "serviceAccountName": "kubewgdiag-probe" }""", ct);
    }

    /// <summary>In one step, as a kubelet does: nobody reads half a token.</summary>
    private async Task WriteTokenAsync(CancellationToken ct)
    {
        var half = $"{TokenFile}.new";
        await File.WriteAllTextAsync(half, await _installation.RequestTokenAsync(ct), ct);
        File.Move(half, TokenFile, overwrite: true);
    }
}
