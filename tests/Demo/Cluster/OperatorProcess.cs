// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>The published operator as a process in the machine's own network.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private readonly NodeProcess _process;

    private OperatorProcess(NodeProcess process, Uri endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    /// <summary>Of /metrics, /healthz and /readyz.</summary>
    public Uri Endpoint { get; }

    public string LogTail => _process.LogTail;

    /// <summary>Starts it; it is ready when <c>/readyz</c> says so.</summary>
    public static async Task<OperatorProcess> StartAsync(LabNetwork lab, string program, string kubeconfig, string settingsFile, CancellationToken ct)
    {
        var endpoint = new Uri($"http://127.0.0.1:{FreePort()}");
        string[] command =
        [
            program, "run", "--namespace", LabCluster.Namespace, "--probe-settings", settingsFile, "--listen", endpoint.GetLeftPart(UriPartial.Authority),
            "--kubeconfig", kubeconfig,
        ];
        var line = $"mount -t proc proc /proc && DOTNET_EnableDiagnostics=0 exec {string.Join(' ', command.Select(Shell.Quote))}";
        var started = new OperatorProcess(await NodeProcess.StartAsync(lab.Host, line, ct), endpoint);
        await started.WaitUntilReadyAsync(ct);
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(TimeSpan.FromSeconds(5));
        await _process.DisposeAsync();
    }

    private async Task WaitUntilReadyAsync(CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var tries = 0; tries < 150; tries++)
        {
            if (_process.Exited.IsCompleted)
                break;
            if (await IsReadyAsync(http, ct))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
        }

        throw new LabException($"the operator did not become ready:\n{LogTail}");
    }

    private async Task<bool> IsReadyAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(Endpoint, "/readyz"), ct);
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
