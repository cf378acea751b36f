// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Runtime.InteropServices;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>
/// A process beside the tests that removes what they made when they could not do it themselves: interrupted at the keyboard, the test host is killed
/// at once. It holds the other end of a pipe, which the kernel closes however the tests end.
/// </summary>
internal sealed class Janitor : IAsyncDisposable
{
    private const string Done = "done";

    private readonly Process _process;

    private Janitor(Process process) => _process = process;

    /// <summary>Starts one for a run, before the run makes anything.</summary>
    public static Janitor Start(string kubeconfig, RunLabels run)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var argument in (string[])[typeof(Janitor).Assembly.Location, "janitor", Path.GetFullPath(kubeconfig), run.Id]) start.ArgumentList.Add(argument);
        return new Janitor(Process.Start(start)!);
    }

    /// <summary>The janitor's own main: waits for the pipe's end and cleans unless it was told that this is done.</summary>
    public static async Task<int> WatchAsync(string kubeconfig, RunLabels run)
    {
        // Ctrl-C reaches the whole process group, and this is what it is for.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore);
        if (await Console.In.ReadLineAsync() == Done) return 0;
        var client = KubernetesClientFactory.FromKubeconfig(kubeconfig, TimeProvider.System);
        if (!client.IsSuccess) return 1;
        using (client.Value)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            await new Cleaner(client.Value, metadata => metadata.Labels?.GetValueOrDefault(RunLabels.Key) == run.Id, Console.Error.WriteLine).RemoveAsync(limit.Token);
        }

        return 0;
    }

    /// <summary>Ends as a killed test process would end it; gives its exit code.</summary>
    public async Task<int> AbandonAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>The tests have cleaned up themselves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await _process.StandardInput.WriteLineAsync(Done);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static void Ignore(PosixSignalContext context) => context.Cancel = true;
}
