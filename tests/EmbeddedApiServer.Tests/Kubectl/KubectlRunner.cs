// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Kubectl;

/// <summary>Runs kubectl from PATH against a server, with a home folder of its own.</summary>
internal sealed class KubectlRunner : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _home = Directory.CreateTempSubdirectory("kubewgdiag-kubectl-").FullName;

    private KubectlRunner()
    {
    }

    public static KubectlRunner For(ApiServer server)
    {
        var runner = new KubectlRunner();
        server.WriteKubeconfig(Path.Combine(runner._home, "config"));
        return runner;
    }

    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl")));

    /// <summary>Runs to the end; output and errors together.</summary>
    public async Task<(int Code, string Output)> RunAsync(string arguments, string? input = null)
    {
        using Process process = Start(arguments);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>Runs until a line of output contains the text, then ends it; the lines read.</summary>
    public async Task<string> ReadUntilAsync(string arguments, Func<Task> whenStarted, string text)
    {
        using Process process = Start(arguments);
        using var limit = new CancellationTokenSource(Limit);
        var lines = new List<string>();
        bool isOpen = false;
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            lines.Add(line);
            if (!isOpen && lines.Count == 2)
            {
                isOpen = true;
                await whenStarted();
            }

            if (line.Contains(text, StringComparison.Ordinal))
                break;
        }

        process.Kill();
        await process.WaitForExitAsync(limit.Token);
        return string.Join('\n', lines);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_home, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Process Start(string arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = _home;
        start.Environment["KUBECONFIG"] = Path.Combine(_home, "config");
        return Process.Start(start)!;
    }
}
