// SPDX-License-Identifier: Apache-2.0

using System.Net;
using KubeWgDiag.EmbeddedApiServer;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Interop;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>
/// A cluster as far as KubeWgDiag sees one: a lab's network with traffic, an API server that nodes reach over the underlay, the real
/// operator, and the real probe wherever a probe pod is placed.
/// </summary>
public sealed class LabCluster : IAsyncDisposable
{
    /// <summary>Namespace of the operator and its probes.</summary>
    public const string Namespace = "kubewgdiag";

    private const int UnderlayPort = 6443;
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly WorkFolder _folder = WorkFolder.Create();

    private LabCluster()
    {
    }

    public LabNetwork Lab { get; private set; } = null!;

    public ApiServer Api { get; private set; } = null!;

    /// <summary>A client with all rights.</summary>
    public KubernetesClient Client { get; private set; } = null!;

    public string Kubeconfig => _folder.File("kubeconfig");

    /// <summary>Where kubectl may keep what it learns about the server.</summary>
    public string KubectlCache => _folder.File("kubectl-cache");

    /// <summary>The operator's metrics.</summary>
    public Uri Metrics => new(Operator.Endpoint, "/metrics");

    /// <summary>The last lines that the operator wrote.</summary>
    public string OperatorLog => Operator.LogTail;

    private OperatorProcess Operator { get; set; } = null!;

    /// <summary>Builds everything; pods answer each other through the tunnels on return.</summary>
    public static async Task<LabCluster> StartAsync(ClusterOptions options, CancellationToken ct)
    {
        var cluster = new LabCluster();
        try
        {
            await cluster.BuildAsync(options, ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
            await part.DisposeAsync();
        Client?.Dispose();
        _folder.Dispose();
    }

    private async Task BuildAsync(ClusterOptions options, CancellationToken ct)
    {
        Lab = Keep(await LabNetwork.StartAsync(options.Lab, ct));
        Keep(await Lab.StartTrafficAsync(ct));
        Api = Keep(await ApiServer.StartAsync(await ApiOptionsAsync(options), ct));
        Api.WriteKubeconfig(Kubeconfig);
        var client = KubernetesClientFactory.FromKubeconfig(Kubeconfig, TimeProvider.System);
        Client = client.IsSuccess ? client.Value : throw new LabException(client.Error.Message);
        await Api.InstallCrdsAsync(options.CrdDirectory);
        var install = options.Install ?? await LabInstall.ReadAsync(ct);
        await Manifests.ApplyAsync(Api, install.Manifests, ct);
        await File.WriteAllTextAsync(_folder.File("probe-settings.json"), install.ProbeSettings, ct);
        Operator = Keep(await OperatorProcess.StartAsync(Lab, options.OperatorPath, await OperatorKubeconfigAsync(install, ct), _folder.File("probe-settings.json"), ct));
        await Lab.WaitUntilHealthyAsync(TimeSpan.FromSeconds(30), ct);
    }

    private async Task<string> OperatorKubeconfigAsync(ClusterInstall install, CancellationToken ct)
    {
        if (install.OperatorAccount is not { } account) return Kubeconfig;
        var token = await Manifests.RequestTokenAsync(Api, Namespace, account, ct);
        var file = _folder.File("kubeconfig-operator");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(Kubeconfig, ct)).Replace(Api.AdminToken, token, StringComparison.Ordinal), ct);
        return file;
    }

    private async Task<ApiServerOptions> ApiOptionsAsync(ClusterOptions options)
    {
        var underlay = await NamespaceSocket.ListenAsync(Lab.Underlay, new IPEndPoint(IPAddress.Parse(AddressPlan.GatewayV4), UnderlayPort));
        IPodRuntime runtime = new ProbeRuntime(Lab, Path.GetFullPath(options.ProbePath));
        return new ApiServerOptions
        {
            ExtraListenHandles = [underlay],
            ExtraSubjectNames = [AddressPlan.GatewayV4],
            AdvertisedHost = AddressPlan.GatewayV4,
            AdvertisedPort = UnderlayPort,
            Nodes = [.. Lab.Nodes.Select(Describe)],
            PodRuntime = options.WrapRuntime?.Invoke(runtime) ?? runtime,
        };
    }

    private EmbeddedNode Describe(LabNode node) => new(
        node.Name,
        new Dictionary<string, string> { ["kubewgdiag.io/lab"] = "true" },
        [AddressPlan.Underlay(Family.V4, node.Number), AddressPlan.Underlay(Family.V6, node.Number)],
        [.. Lab.Families.Select(f => AddressPlan.PodCidr(f, node.Number))]);

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
