// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>The operator as a process of its own, as it was built beside the tests: what it is told stands on its command line, and it can be killed.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    /// <summary>An image that no registry has: probes are played by the tests.</summary>
    public const string Image = "kubewgdiag.invalid/probe:does-not-exist";

    private const int LogLines = 200;
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly string _settings;
    private readonly ConcurrentQueue<string> _log = new();

    private OperatorProcess(Process process, string settings, Uri endpoint)
    {
        (_process, _settings, Endpoint) = (process, settings, endpoint);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Endpoint { get; }

    /// <summary>The last lines that it wrote.</summary>
    public string Log => string.Join('\n', _log);

    public bool HasExited => _process.HasExited;

    /// <summary>Starts an operator for one class; returns at once.</summary>
    public static OperatorProcess Start(TestCluster cluster, string @class, params string[] more)
    {
        var settings = Path.Combine(Path.GetTempPath(), $"kubewgdiag-cluster-tests-{Environment.ProcessId}-{Guid.NewGuid():N}.json");
        File.WriteAllText(settings, $$"""{ "image": "{{Image}}", "serviceAccountName": "kubewgdiag-probe" }""");
        var endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "kubewgdiag-operator.dll"), "run", "--namespace", cluster.Namespace, "--class", @class,
            "--probe-settings", settings, "--kubeconfig", cluster.Kubeconfig, "--listen", endpoint.GetLeftPart(UriPartial.Authority), .. more,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new OperatorProcess(Process.Start(start)!, settings, endpoint);
    }

    /// <summary>Waits until its caches are filled.</summary>
    public async Task<OperatorProcess> ReadyAsync(CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartLimit && !_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Endpoint, "/readyz"), ct);
                if (answer.IsSuccessStatusCode) return this;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), ct);
        }

        throw new InvalidOperationException($"the operator did not become ready; it said:\n{Log}");
    }

    /// <summary>Ends it as a crash of the node does: nothing is finished, nothing is released.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks it to end, as a kubelet does; gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(StopLimit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        File.Delete(_settings);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        if (_log.Count > LogLines) _log.TryDequeue(out _);
    }
}
