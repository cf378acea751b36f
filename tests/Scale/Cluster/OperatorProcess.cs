// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;

namespace KubeWgDiag.Scale.Cluster;

/// <summary>The published operator as a process of its own, with the environment that the chart gives it.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    /// <summary>Exists from the start, and admits every pod.</summary>
    public const string Namespace = "kube-system";

    private const string Settings = """{"image":"registry.invalid/kubewgdiag/probe:scale"}""";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private readonly ChildProcess _process;
    private readonly Uri _endpoint;

    private OperatorProcess(ChildProcess process, Uri endpoint) => (_process, _endpoint) = (process, endpoint);

    public int Id => _process.Id;

    /// <summary>Starts it and waits until its caches are filled.</summary>
    public static async Task<OperatorProcess> StartAsync(string program, string kubeconfig, string folder, CancellationToken ct)
    {
        var settings = Path.Combine(folder, "probe.json");
        await File.WriteAllTextAsync(settings, Settings, ct);
        var endpoint = new Uri($"http://127.0.0.1:{FreePort()}");
        string[] command =
        [
            program, "run", "--namespace", Namespace, "--probe-settings", settings, "--listen", endpoint.GetLeftPart(UriPartial.Authority),
            "--kubeconfig", kubeconfig,
        ];
        // No limit of the heap, so that what is wanted is seen; in a container .NET takes three quarters of the memory limit for one.
        var environment = new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0" };
        var started = new OperatorProcess(ChildProcess.Start(Path.Combine(folder, "operator.log"), environment, command), endpoint);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await Ready.WaitAsync(started._process, "the operator", StartLimit, () => started.IsReadyAsync(http, ct), ct);
        return started;
    }

    /// <summary>What it says on /metrics.</summary>
    public async Task<string> MetricsAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(_endpoint, "/metrics"), ct);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(_endpoint, "/readyz"), ct);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
