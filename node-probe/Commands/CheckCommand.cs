// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>check</c>: reads this host and judges it.</summary>
internal static class CheckCommand
{
    /// <summary>More than the 5 seconds after which WireGuard repeats a lost handshake, so that one repetition is seen.</summary>
    private const int DefaultObservationSeconds = 8;

    public static Command Create(ProbeHost host)
    {
        var collection = new CollectionOptions(host.HostName, DefaultObservationSeconds);
        var output = new OutputOption();
        var command = new Command("check", "Diagnose this host now. Exit code: 0 healthy, 1 findings, 2 could not check.") { output.Option };
        collection.AddTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            var facts = await host.Collector.CollectAsync(collection.Request(parsed), ct);
            var report = DiagnosisEngine.Diagnose(new DiagnosisInput([facts], new Thresholds()));
            Heap.Trim();
            return output.Print(parsed, host, [facts], report);
        });
        return command;
    }
}
