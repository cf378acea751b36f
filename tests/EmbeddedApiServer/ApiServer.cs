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
    private readonly WebHost _host;

    private ApiServer(CertificateAuthority authority, ConnectionGate gate, Cluster cluster, WebHost host, string adminToken)
    {
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

    /// <summary>The certificate authority to trust, PEM.</summary>
    public string AuthorityPem => _authority.AuthorityPem;

    public static async Task<ApiServer> StartAsync(ApiServerOptions options, CancellationToken ct)
    {
        string token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var authority = CertificateAuthority.Make(options.AdvertisedHost is { } host ? [.. options.ExtraSubjectNames, host] : options.ExtraSubjectNames, options.Time);
        var gate = new ConnectionGate();
        var cluster = new Cluster(options, authority.AuthorityPem, token);
        WebHost web = await WebHost.StartAsync(options, authority.Server, gate, cluster.Requests.HandleAsync, ct);
        cluster.Start(options.AdvertisedHost ?? "127.0.0.1", options.AdvertisedPort ?? web.Port);
        return new ApiServer(authority, gate, cluster, web, token);
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

    /// <summary>Stops answering: open connections are reset, new ones too. Objects stay; pods keep running and are not looked after.</summary>
    public Task GoAwayAsync()
    {
        _gate.Close();
        return Task.CompletedTask;
    }

    /// <summary>Answers again.</summary>
    public Task ComeBackAsync()
    {
        _gate.Open();
        return Task.CompletedTask;
    }

    /// <summary>Forgets the history of changes, as etcd's compaction does: watches from older versions end with 410.</summary>
    public void Compact() => _cluster.Verbs.Store.Compact();

    /// <summary>Lets all running tests' pods end, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _gate.Close();
        await _host.DisposeAsync();
        _authority.Dispose();
    }
}
