// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>Everything behind the wire, put together: store, verbs, endpoints, controllers.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ApiServerOptions _options;
    private readonly string _authorityPem;
    private readonly TokenIssuer _issuer;
    private readonly ResourceRegistry _registry = new(BuiltInResources.All());
    private readonly BackgroundLoops _loops;
    private readonly PodLogs _logs = new();
    private readonly SimulatedNodes _simulated;
    private SimulatedKubelets? _kubelets;
    private NodeAgent? _agent;

    public Cluster(ApiServerOptions options, string authorityPem, string adminToken, ConnectionGate gate)
    {
        _options = options;
        _authorityPem = authorityPem;
        _loops = new BackgroundLoops(options.Time, options.ReportTo);
        _issuer = new TokenIssuer(options.Time);
        _simulated = new SimulatedNodes(options.Nodes, options.Simulation);
        var store = new ObjectStore(options.WatchWindow, options.WatchWindowBytes);
        foreach (ApiResource resource in _registry.All)
            store.Open(resource.Storage, _registry.All.Where(other => other.Storage == resource.Storage).SelectMany(other => other.StoredFields));
        var pipeline = new WritePipeline(store, options.Time, new PolicyAdmission(store));
        pipeline.Listen(new CrdRegistrar(_registry, store, options.Time));
        HashSet<string> agents = options.PodRuntime is null ? [] : [.. options.Nodes.Where(node => node.Simulated is null).Select(node => node.Name)];
        Verbs = new VerbSet(pipeline, new GracefulPods(agents.Contains));
        var authenticator = new Authenticator(store, _issuer, adminToken);
        var authorizer = new RbacAuthorizer(store);
        var presenter = new Presenter(new TableBuilder(options.Time));
        var handler = new RequestHandler(
            authenticator,
            authorizer,
            _registry,
            new PlainEndpoints(new DiscoveryDocuments(_registry), new AggregatedDiscovery(_registry), new OpenApiDocuments(_registry), new StatisticsEndpoint(Statistics)),
            new ReadEndpoints(Verbs, presenter, _logs.Find, gate, options.StreamsLists),
            new WriteEndpoints(Verbs, presenter, new SpecialEndpoints(store, _issuer, authenticator, authorizer, options.Time)));
        Requests = new Entrance(gate, Statistics, new FaultInjector(options.Faults, _registry, options.Time), handler.HandleAsync);
    }

    public VerbSet Verbs { get; }

    public RequestStatistics Statistics { get; } = new();

    public Entrance Requests { get; }

    public void Start(string advertisedHost, int advertisedPort)
    {
        Bootstrap.Run(Verbs, _registry, _options.Nodes);
        var garbage = new GarbageCollector(Verbs.Store, _registry, Verbs.Deleter, Verbs.Pipeline);
        var namespaces = new NamespaceController(Verbs.Store, _registry, Verbs.Creator, Verbs.Deleter, Verbs.Pipeline, _authorityPem);
        Verbs.Store.Listen(garbage.Look);
        Verbs.Store.Listen(namespaces.Look);
        namespaces.Sweep(); // so that the default service accounts are there when the first request comes
        var objects = new ClusterObjects(Verbs, _registry);
        _loops.Start("garbage collector", garbage.RunAsync);
        _loops.Start("namespace controller", namespaces.RunAsync);
        _loops.Start("daemon set controller", new DaemonSetController(objects).RunAsync);
        if (_options.RunsDeployments)
            _loops.Start("deployment controller", new DeploymentController(objects).RunAsync);
        _loops.Start("scheduler", new Scheduler(objects, _simulated.Refusal).RunAsync);
        StartSimulation(objects);
        if (_options.PodRuntime is null)
            return;
        var accounts = new ServiceAccountFolders(Verbs.Store, _issuer, _authorityPem, _options.PodTokenLifetime);
        var settings = new AgentSettings(_options, advertisedHost, advertisedPort);
        _agent = new NodeAgent(objects, settings, accounts, _logs);
        _loops.Start("node agent", _agent.RunAsync);
    }

    private void StartSimulation(ClusterObjects objects)
    {
        if (_simulated.IsEmpty)
            return;
        _kubelets = new SimulatedKubelets(objects, _simulated, failures => AgentSettings.Wait(_options.RestartBackOff, failures));
        _loops.Start("simulated kubelets", _kubelets.RunAsync);
        if (_options.Simulation.Heartbeat is { } period)
            _loops.Start("heartbeats", new Heartbeats(objects, _simulated, period).RunAsync);
    }

    /// <summary>A simulated node behaves differently from now on: its marks change and its pods begin anew.</summary>
    public void SetBehaviour(string name, NodeBehaviour behaviour)
    {
        if (!_simulated.Contains(name))
            throw new ArgumentException($"no simulated node {name}", nameof(name));
        _simulated.Set(name, behaviour);
        var objects = new ClusterObjects(Verbs, _registry);
        if (objects.Find("nodes", "", name) is { } node)
        {
            objects.ChangeSpec("nodes", "", node, "kube-controller-manager", spec => NodeMarks.WriteSpec(spec, behaviour));
            objects.ChangeStatus("nodes", "", node, "kubelet", status => NodeMarks.WriteStatus(status, behaviour, _options.Time));
        }

        _kubelets?.StartAgain(name);
    }

    /// <summary>New tokens for all pods first, then the old ones die.</summary>
    public void RotateTokens()
    {
        _issuer.ChangeKey();
        _agent?.RenewTokens();
        _issuer.ForgetOldKeys();
    }

    public void InstallDefinitions(string yaml, string fileName)
    {
        (IReadOnlyList<JsonNode?>? documents, string? problem) = Yaml.Parse(yaml);
        if (documents is null)
            throw new InvalidOperationException($"{fileName}: {problem}");
        ApiResource resource = _registry.BuiltIn("customresourcedefinitions", "apiextensions.k8s.io");
        foreach (JsonObject definition in documents.OfType<JsonObject>().Where(document => document.Text("kind") == resource.Kind))
        {
            Answer answer = Verbs.Applier.Apply(new Target(resource, "", definition.Text("metadata", "name") ?? ""), definition, WriteOptions.Internal("embedded-setup"));
            if (answer.Error is { } error)
                throw new InvalidOperationException($"{fileName}: {error.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loops.DisposeAsync();
        if (_agent is not null)
            await _agent.DisposeAsync();
        _issuer.Dispose();
    }
}
