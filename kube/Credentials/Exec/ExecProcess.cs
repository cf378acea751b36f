// SPDX-License-Identifier: Apache-2.0

using System.ComponentModel;
using System.Diagnostics;

// The one place of the project that starts a program: the API's own mechanism for credentials, of a command that the person
// wrote into their kubeconfig. Nothing from the cluster reaches it, and the programs in the cluster never read a kubeconfig.
#pragma warning disable RS0030

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>Runs plugins as child processes, without a shell, with bounded time and output.</summary>
internal sealed class ExecProcess(Func<string, string?> environment, TimeProvider time) : IExecRunner
{
    /// <summary>A certificate chain with key and a token are some ten kilobytes.</summary>
    public const int MaxOutputBytes = 1 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan InteractiveLimit = TimeSpan.FromMinutes(10);

    public bool HasTerminal => !Console.IsInputRedirected;

    public async Task<ExecOutcome> RunAsync(ExecConfig config, string info, bool interactive, CancellationToken ct)
    {
        if (Find(config.Command) is not { } path) return new ExecOutcome(null, "it is not installed", IsMissing: true);
        using var limit = new CancellationTokenSource(interactive ? InteractiveLimit : Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        Process? process = null;
        try
        {
            process = Process.Start(StartInfo(config, path, info, interactive));
            return process is null ? new ExecOutcome(null, "it cannot be started") : await ReadAsync(process, interactive, both.Token);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return new ExecOutcome(null, $"it cannot be run: {e.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new ExecOutcome(null, "it did not end in time");
        }
        finally
        {
            End(process);
        }
    }

    private static async Task<ExecOutcome> ReadAsync(Process process, bool interactive, CancellationToken ct)
    {
        // It must not wait for somebody who is not there.
        if (!interactive) process.StandardInput.Close();
        var buffer = new byte[MaxOutputBytes + 1];
        int length = await process.StandardOutput.BaseStream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        if (length > MaxOutputBytes) return new ExecOutcome(null, $"it wrote more than {MaxOutputBytes} bytes");
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? new ExecOutcome(buffer[..length]) : new ExecOutcome(null, $"it ended with code {process.ExitCode}");
    }

    private static ProcessStartInfo StartInfo(ExecConfig config, string path, string info, bool interactive)
    {
        // Its standard error is ours: that is where plugins talk to people.
        var start = new ProcessStartInfo(path) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = !interactive };
        foreach (string argument in config.Arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in config.Environment) start.Environment[name] = value;
        start.Environment[ExecInfo.Variable] = info;
        return start;
    }

    /// <summary>Ends what still runs, with its children.</summary>
    private static void End(Process? process)
    {
        if (process is null) return;
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has just ended by itself, or a child of it belongs to somebody else; both are out of our hands.
        }

        process.Dispose();
    }

    /// <summary>
    /// Looks for a bare name in PATH only. The framework would look beside our own program and in the working directory first,
    /// and so run what somebody left there; for the same reason relative entries of PATH do not count.
    /// </summary>
    private string? Find(string command)
    {
        if (Path.IsPathRooted(command)) return File.Exists(command) ? command : null;
        foreach (string folder in (environment("PATH") ?? string.Empty).Split(Path.PathSeparator))
        {
            if (!Path.IsPathRooted(folder)) continue;
            string path = Path.Combine(folder, command);
            if (File.Exists(path)) return path;
        }

        return null;
    }
}
