// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>
/// The cluster that the tests of this process share: the one that KUBECONFIG_TEST names, or an embedded API server. One set of labelled
/// objects is made at the first use and removed when the last test has ended (<see cref="ClusterTestFramework"/>) or was killed
/// (<see cref="Janitor"/>).
/// </summary>
internal sealed class TestCluster
{
    /// <summary>Nodes beyond this are not used: a test may not put pods onto every node of a large cluster.</summary>
    private const int MostNodes = 10;

    private static readonly Lock Gate = new();
    private static Task<TestCluster>? _shared;

    private readonly ClusterServer _server;
    private readonly Lazy<Task<OperatorProcess>> _operator;
    private Janitor? _janitor;

    private TestCluster(ClusterServer server, KubernetesClient client, RunLabels run)
    {
        (_server, Client, Run) = (server, client, run);
        Gadgets = Gadget.TypeIn(Definitions.GadgetGroup(run));
        _operator = new(() => OperatorProcess.Start(this, run.Class).ReadyAsync(CancellationToken.None));
    }

    public KubernetesClient Client { get; }

    public RunLabels Run { get; }

    public ResourceType<Gadget> Gadgets { get; }

    public string Namespace => Run.Namespace;

    public string Kubeconfig => _server.Kubeconfig;

    public bool IsEmbedded => _server.IsEmbedded;

    /// <summary>The nodes that diagnoses of tests look at, sorted.</summary>
    public IReadOnlyList<Node> Nodes { get; private set; } = [];

    /// <summary>Selects <see cref="Nodes"/>; null = all there are.</summary>
    public IReadOnlyDictionary<string, string>? NodeSelector { get; private set; }

    /// <summary>The operator that most tests share; started at the first use.</summary>
    public Task<OperatorProcess> OperatorAsync() => _operator.Value;

    public static Task<TestCluster> GetAsync()
    {
        lock (Gate) return _shared ??= StartAsync();
    }

    /// <summary>Removes everything that was made; does nothing when nothing was.</summary>
    public static async Task EndAsync()
    {
        Task<TestCluster>? shared;
        lock (Gate) (shared, _shared) = (_shared, null);
        if (shared is null) return;
        if (shared.IsCompletedSuccessfully) await (await shared).StopAsync();
    }

    /// <summary>Makes what a run needs; a second run beside the shared one is how the cleaning itself is tested.</summary>
    public static async Task PrepareAsync(IKubernetesClient client, RunLabels run, CancellationToken ct)
    {
        var labels = new Dictionary<string, string>(run.Labels)
        {
            // Probe pods use the host's network and process numbers.
            ["pod-security.kubernetes.io/enforce"] = "privileged",
            ["pod-security.kubernetes.io/audit"] = "privileged",
            ["pod-security.kubernetes.io/warn"] = "privileged",
        };
        Check(await client.CreateAsync(AnyObject.Namespace, new AnyObject { Metadata = new ObjectMeta { Name = run.Namespace, Labels = labels } }, ct));
        var account = new ObjectMeta { Name = "kubewgdiag-probe", Namespace = run.Namespace, Labels = run.Labels };
        Check(await client.CreateAsync(AnyObject.ServiceAccount, new AnyObject { Metadata = account }, ct));
        await new Definitions(client, run).InstallAsync(ct);
    }

    private static async Task<TestCluster> StartAsync()
    {
        var ct = CancellationToken.None;
        var server = await ClusterServer.StartAsync(ct);
        var client = KubernetesClientFactory.FromKubeconfig(server.Kubeconfig, TimeProvider.System, new() { UserAgent = "kubewgdiag-cluster-tests" });
        if (!client.IsSuccess) throw new InvalidOperationException($"{server.Kubeconfig}: {client.Error.Message}");
        var cluster = new TestCluster(server, client.Value, RunLabels.New());
        var now = TimeProvider.System.GetUtcNow();
        await new Cleaner(client.Value, metadata => RunLabels.IsLeftover(metadata, now), Console.Error.WriteLine).RemoveAsync(ct);
        // An embedded server and everything in it end with this process.
        if (!server.IsEmbedded) cluster._janitor = Janitor.Start(server.Kubeconfig, cluster.Run);
        try
        {
            await PrepareAsync(client.Value, cluster.Run, ct);
            await cluster.FindNodesAsync(ct);
            return cluster;
        }
        catch
        {
            await cluster.StopAsync();
            throw;
        }
    }

    private static void Check(KubeResult<AnyObject> result)
    {
        if (!result.IsSuccess) throw new InvalidOperationException(result.Error.Message);
    }

    private async Task FindNodesAsync(CancellationToken ct)
    {
        var list = await Client.ListAsync(BuiltInTypes.Node, new ListOptions(), ct);
        if (!list.IsSuccess) throw new InvalidOperationException(list.Error.Message);
        var linux = list.Value.Items
            .Where(node => node.Metadata.Labels?.GetValueOrDefault("kubernetes.io/os") is null or "linux")
            .OrderBy(node => node.Metadata.Name, StringComparer.Ordinal)
            .ToList();
        if (linux.Count <= MostNodes)
        {
            Nodes = linux;
            return;
        }

        var one = linux.First(node => node.Metadata.Labels?.ContainsKey("kubernetes.io/hostname") == true);
        (Nodes, NodeSelector) = ([one], new Dictionary<string, string> { ["kubernetes.io/hostname"] = one.Metadata.Labels!["kubernetes.io/hostname"] });
    }

    private async Task StopAsync()
    {
        try
        {
            if (_operator.IsValueCreated) await (await _operator.Value).DisposeAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            var cleaner = new Cleaner(Client, metadata => metadata.Labels?.GetValueOrDefault(RunLabels.Key) == Run.Id, Console.Error.WriteLine);
            await cleaner.RemoveAsync(limit.Token);
            if (_janitor is not null) await _janitor.DisposeAsync();
        }
        finally
        {
            Client.Dispose();
            await _server.DisposeAsync();
        }
    }
}
