// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Chaos;
using KubeWgDiag.Chaos.Report;

var options = ChaosOptions.Parse(args);
using var stop = new CancellationTokenSource();
void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

// The operators are processes of their own and have to be ended with this one.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
Console.WriteLine($"chaos: {options.Runs} diagnoses, seed {options.Seed}");
var result = await new ChaosRun(options, Console.WriteLine).RunAsync(stop.Token);
Directory.CreateDirectory(options.Artifacts);
await File.WriteAllTextAsync(Path.Combine(options.Artifacts, "chaos.json"), ChaosReport.Json(result), CancellationToken.None);
Console.Write(ChaosReport.Text(result));
return result.Violations.Count == 0 ? 0 : 1;
