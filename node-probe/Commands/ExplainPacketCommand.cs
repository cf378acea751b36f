// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>explain-packet</c>: walks a packet over this host and prints who decides what.</summary>
internal static class ExplainPacketCommand
{
    public static Command Create(ProbeHost host)
    {
        var packet = new PacketOptions();
        var collection = new CollectionOptions(host.HostName, defaultObservationSeconds: 0);
        var output = new OutputOption();
        var command = new Command(
            "explain-packet",
            "Walk a packet through rules, routes, packet filters and tunnels of this host. Exit code: 0 it passes, 1 it ends here, 2 nobody can tell.")
        {
            output.Option,
        };
        packet.AddTo(command);
        collection.AddPlacesTo(command);
        command.SetAction(async (parsed, ct) =>
        {
            if (!packet.TryQuestion(parsed, out var question, out var problem)) return host.Refuse(problem);
            var report = await host.Explainer.ExplainAsync(question, collection.Request(parsed), ct);
            if (output.IsJson(parsed)) await host.Output.Writer.WriteAsync(IndentedJson.Of(report) + "\n");
            else new WalkWriter(host.Output).Write(report);
            return report.Outcome switch
            {
                WalkOutcome.Dropped => ExitCodes.Findings,
                WalkOutcome.Undetermined => ExitCodes.CouldNotCheck,
                _ => ExitCodes.Healthy,
            };
        });
        return command;
    }
}
