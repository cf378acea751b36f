// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer;

/// <summary>
/// A Kubernetes API server with a DaemonSet controller and node agents in one process, for tests and the lab. README.md beside this
/// file says what it does not simulate.
/// </summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly CertificateAuthority _authority;
    private readonly ConnectionGate _gate;
    private readonly Cluster _cluster;
    private readonly ApiServerOptions _options;
    private WebHost? _host;

    private ApiServer(ApiServerOptions options, CertificateAuthority authority, ConnectionGate gate, Cluster cluster, WebHost host, string adminToken)
    {
        _options = options;
        _authority = authority;
        _gate = gate;
        _cluster = cluster;
        _host = host;
        AdminToken = adminToken;
        LoopbackUrl = new Uri($"https://127.0.0.1:{host.Port}");
    }

    public Uri LoopbackUrl { get; }

    /// <summary>A bearer token that may do everything.</summary>
    public string AdminToken { get; }

    /// <summary>Faults that requests meet; see <see cref="ApiServerOptions.Faults"/>.</summary>
    public RequestFaults Faults => _options.Faults;

    /// <summary>Who asked for what.</summary>
    public RequestStatistics Statistics => _cluster.Statistics;

    /// <summary>Watches that clients have open now.</summary>
    public int OpenWatches => _cluster.Verbs.Store.OpenWatches;

    /// <summary>The certificate authority to trust, PEM.</summary>
    public string AuthorityPem => _authority.AuthorityPem;

    public static async Task<ApiServer> StartAsync(ApiServerOptions options, CancellationToken ct)
    {
        string token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var authority = CertificateAuthority.Make(options.AdvertisedHost is { } host ? [.. options.ExtraSubjectNames, host] : options.ExtraSubjectNames, options.Time);
        var gate = new ConnectionGate();
        var cluster = new Cluster(options, authority.AuthorityPem, token, gate);
        WebHost web = await WebHost.StartAsync(options, authority.Server, gate, cluster.Requests.HandleAsync, ct);
        cluster.Start(options.AdvertisedHost ?? "127.0.0.1", options.AdvertisedPort ?? web.Port);
        return new ApiServer(options, authority, gate, cluster, web, token);
    }

    /// <summary>Writes a kubeconfig for the administrator, readable by the owner only.</summary>
    public void WriteKubeconfig(string path) => Kubeconfig.Write(path, LoopbackUrl, AuthorityPem, AdminToken);

    /// <summary>Installs every CustomResourceDefinition in the YAML files of a folder.</summary>
    /// <exception cref="InvalidOperationException">A definition is refused; the message is the server's.</exception>
    public async Task InstallCrdsAsync(string directoryOfYaml)
    {
        foreach (string file in Directory.GetFiles(directoryOfYaml, "*.yaml").Order(StringComparer.Ordinal))
            _cluster.InstallDefinitions(await File.ReadAllTextAsync(file), Path.GetFileName(file));
    }

    /// <summary>Stops answering. Objects stay; controllers and pods go on.</summary>
    /// <exception cref="InvalidOperationException">Connections are to be refused, and some sockets were handed in: they could not be made again.</exception>
    public async Task GoAwayAsync(AwayMode mode = AwayMode.Reset)
    {
        if (mode == AwayMode.Hang)
        {
            _gate.Hang();
            return;
        }

        if (mode == AwayMode.Refuse && _options.ExtraListenHandles.Count > 0)
            throw new InvalidOperationException("a server with handed-in sockets cannot stop listening");
        _gate.Close();
        if (mode == AwayMode.Refuse && _host is { } host)
        {
            _host = null;
            await host.DisposeAsync();
        }
    }

    /// <summary>Answers again, at the same address.</summary>
    public async Task ComeBackAsync()
    {
        _gate.Open();
        _host ??= await WebHost.StartAsync(_options with { LoopbackPort = LoopbackUrl.Port }, _authority.Server, _gate, _cluster.Requests.HandleAsync, CancellationToken.None);
    }

    /// <summary>
    /// Writes new tokens into the folders of all running pods and then makes every service account token from before invalid at once, also
    /// those that clients asked for. The administrator's stays.
    /// </summary>
    public Task RotateTokensAsync() => Task.Run(_cluster.RotateTokens);

    /// <summary>Changes how a simulated node behaves, at any time.</summary>
    /// <exception cref="ArgumentException">There is no simulated node of this name.</exception>
    public void SetNodeBehaviour(string node, NodeBehaviour behaviour) => _cluster.SetBehaviour(node, behaviour);

    /// <summary>Ends every open watch with an ERROR event: 410 Expired.</summary>
    public void ExpireWatches() => _cluster.Verbs.Store.ExpireWatches();

    /// <summary>Forgets the history of changes, as etcd's compaction does: watches and pages from older versions end with 410; open watches go on.</summary>
    public void Compact() => _cluster.Verbs.Store.Compact();

    /// <summary>Lets all running tests' pods end, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _gate.Close();
        if (_host is not null)
            await _host.DisposeAsync();
        _authority.Dispose();
    }
}
