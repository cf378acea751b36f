// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KubeWgDiag.Chaos.Cluster;

namespace KubeWgDiag.Chaos.Operators;

/// <summary>One replica of the operator: a process that is started again whenever it ends, as a kubelet does.</summary>
internal sealed class OperatorReplica : IAsyncDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly ProcessStartInfo _start;
    private readonly StreamWriter _log;
    private readonly Task _supervision;
    private Process? _process;
    private bool _asked;
    private int _unasked;

    private OperatorReplica(ProcessStartInfo start, Uri endpoint, string logFile)
    {
        (_start, Endpoint) = (start, endpoint);
        _log = new StreamWriter(logFile) { AutoFlush = true };
        _supervision = Task.Run(SuperviseAsync);
    }

    public Uri Endpoint { get; }

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>How often it ended without being told to: a leadership that was lost ends a process too.</summary>
    public int UnaskedEnds => Volatile.Read(ref _unasked);

    /// <summary>Largest resident memory of any process of it, in bytes.</summary>
    public long PeakMemory { get; private set; }

    /// <summary>Exit code of the process that was ended for good; null when none ran then.</summary>
    public int? ExitCode { get; private set; }

    public static OperatorReplica Start(ChaosCluster cluster, ChaosOptions options, int number)
    {
        var endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        var start = new ProcessStartInfo(options.Operator ?? "dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] program = options.Operator is null ? [Path.Combine(AppContext.BaseDirectory, "kubewgdiag-operator.dll")] : [];
        string[] arguments =
        [
            .. program, "run", "--namespace", Installation.Namespace, "--probe-settings", cluster.ProbeSettings, "--kubeconfig", cluster.OperatorKubeconfig,
            "--listen", endpoint.GetLeftPart(UriPartial.Authority), "--start-spread-seconds", "0", .. OperatorArguments.Election,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        Directory.CreateDirectory(options.Artifacts);
        return new OperatorReplica(start, endpoint, Path.Combine(options.Artifacts, string.Create(CultureInfo.InvariantCulture, $"chaos-operator-{number}.log")));
    }

    /// <summary>SIGKILL; false when nothing runs just now.</summary>
    public bool Kill() => WithProcess(process => process.Kill());

    /// <summary>SIGTERM, as at a rolling update; false when nothing runs just now.</summary>
    public bool Terminate() => WithProcess(process =>
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
    });

    /// <summary>Ends it for good, gracefully.</summary>
    public async Task<int?> EndAsync()
    {
        await _stop.CancelAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        using var killing = limit.Token.Register(() => Kill());
        // A process that is just being started hears it a moment later.
        while (!_supervision.IsCompleted)
        {
            if (!limit.IsCancellationRequested) Terminate();
            await Task.WhenAny(_supervision, Task.Delay(TimeSpan.FromSeconds(2)));
        }

        return ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Kill();
        await _supervision;
        await _log.DisposeAsync();
        _stop.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var process = Process.Start(_start)!;
            lock (_gate) (_process, _asked) = (process, false);
            Starts++;
            await Task.WhenAll(CopyAsync(process.StandardOutput), CopyAsync(process.StandardError), MeasureAsync(process), process.WaitForExitAsync());
            lock (_gate) _process = null;
            if (_stop.IsCancellationRequested) ExitCode = process.ExitCode;
            if (!_asked) Interlocked.Increment(ref _unasked);
            await Task.Delay(RestartDelay, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task MeasureAsync(Process process)
    {
        while (!process.HasExited)
        {
            process.Refresh();
            if (!process.HasExited) PeakMemory = Math.Max(PeakMemory, Resident(process.Id));
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(TimeSpan.FromMilliseconds(500)));
        }
    }

    private static long Resident(int pid)
    {
        try
        {
            // proc(5): the second number is the resident set, in pages.
            return long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async Task CopyAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate) _log.WriteLine(line);
        }
    }

    private bool WithProcess(Action<Process> act)
    {
        lock (_gate)
        {
            if (_process is not { HasExited: false } process) return false;
            _asked = true;
            act(process);
            return true;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
