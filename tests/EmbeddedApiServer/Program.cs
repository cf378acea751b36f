// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.EmbeddedApiServer;

// An API server with nodes and without a pod runtime, until Ctrl-C or SIGTERM.
if (args.Contains("--help"))
{
    Console.WriteLine(ProgramOptions.Usage);
    return 0;
}

if (ProgramOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(ProgramOptions.Usage);
    return 2;
}

using var stop = new CancellationTokenSource();
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
await using ApiServer server = await ApiServer.StartAsync(options.ToServerOptions(), stop.Token);
if (options.Crds is { } directory)
    await server.InstallCrdsAsync(directory);
string kubeconfig = options.Kubeconfig ?? Path.Combine(Path.GetTempPath(), $"kubewgdiag-embedded-{Environment.ProcessId}.kubeconfig");
server.WriteKubeconfig(kubeconfig);
Console.WriteLine($"ready: {server.LoopbackUrl} KUBECONFIG={kubeconfig}");
try
{
    await Task.Delay(Timeout.Infinite, stop.Token);
}
catch (OperationCanceledException)
{
    // Ctrl-C or SIGTERM: the disposal of the server ends everything.
}

if (options.Kubeconfig is null)
    File.Delete(kubeconfig);
if (options.PrintStatistics)
    StatisticsTable.Write(server.Statistics.Rows, Console.Out);
return 0;
