// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.EmbeddedApiServer;

// Started by hand: an API server with a few nodes and no pod runtime, until Ctrl-C.
if (args.Contains("--help"))
{
    Console.WriteLine("usage: KubeWgDiag.EmbeddedApiServer [--port N] [--kubeconfig FILE] [--crds DIRECTORY] [--nodes N]");
    return 0;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

int Number(string name, int otherwise) => int.TryParse(Option(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

using var stop = new CancellationTokenSource();
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
EmbeddedNode[] nodes =
[
    .. Enumerable.Range(1, Number("--nodes", 3)).Select(index =>
        new EmbeddedNode($"node-{index}", new Dictionary<string, string>(), [$"192.0.2.{index}"], [$"10.244.{index}.0/24"])),
];
await using ApiServer server = await ApiServer.StartAsync(
    new ApiServerOptions { LoopbackPort = Number("--port", 0), Nodes = nodes, ReportTo = Console.Error.WriteLine }, stop.Token);
if (Option("--crds") is { } directory)
    await server.InstallCrdsAsync(directory);
string? wanted = Option("--kubeconfig");
string kubeconfig = wanted ?? Path.Combine(Path.GetTempPath(), $"kubewgdiag-embedded-{Environment.ProcessId}.kubeconfig");
server.WriteKubeconfig(kubeconfig);
Console.WriteLine($"serving on {server.LoopbackUrl}");
Console.WriteLine($"export KUBECONFIG={kubeconfig}");
try
{
    await Task.Delay(Timeout.Infinite, stop.Token);
}
catch (OperationCanceledException)
{
    if (wanted is null)
        File.Delete(kubeconfig);
    // Ctrl-C or SIGTERM: the disposal above ends everything.
}

return 0;
