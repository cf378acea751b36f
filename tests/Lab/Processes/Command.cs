// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace KubeWgDiag.Lab.Processes;

/// <summary>Runs a program to its end.</summary>
public static class Command
{
    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Time limit of one command where the caller sets none: building steps take milliseconds.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Starts a program with pipes for all three streams. Environment and working directory are inherited.</summary>
    public static Process Start(IReadOnlyList<string> argv)
    {
        var start = new ProcessStartInfo(argv[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in argv.Skip(1))
            start.ArgumentList.Add(argument);
        // A root shell without a login often lacks the sbin folders, where ip and nft live.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:{SystemPath}";
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start) ?? throw new LabException($"{argv[0]} could not be started");
    }

    /// <summary>Runs a program, feeds it <paramref name="input"/> and collects what it says; kills it at the limit.</summary>
    /// <exception cref="LabException">The time limit was reached.</exception>
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> argv, string? input, TimeSpan? limit, CancellationToken ct)
    {
        using var process = Start(argv);
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(limit ?? DefaultLimit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timed.Token);
            var error = process.StandardError.ReadToEndAsync(timed.Token);
            await FeedAsync(process, input, timed.Token);
            await process.WaitForExitAsync(timed.Token);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException late) when (!ct.IsCancellationRequested)
        {
            throw new LabException($"{argv[0]} did not end within {(limit ?? DefaultLimit).TotalSeconds:0} s", late);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a program that has to succeed and gives its output.</summary>
    public static async Task<string> OutputAsync(IReadOnlyList<string> argv, string? input, CancellationToken ct) =>
        (await RunAsync(argv, input, limit: null, ct)).OutputOrThrow(string.Join(' ', argv.Take(8)));

    private static async Task FeedAsync(Process process, string? input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading; its exit code tells why.
        }
    }
}
