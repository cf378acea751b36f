// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos;
using KubeWgDiag.Chaos.Report;

var options = ChaosOptions.Parse(args);
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
Console.WriteLine($"chaos: {options.Runs} diagnoses, seed {options.Seed}");
var result = await new ChaosRun(options, Console.WriteLine).RunAsync(stop.Token);
Directory.CreateDirectory(options.Artifacts);
await File.WriteAllTextAsync(Path.Combine(options.Artifacts, "chaos.json"), ChaosReport.Json(result), CancellationToken.None);
Console.Write(ChaosReport.Text(result));
return result.Violations.Count == 0 ? 0 : 1;
