// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>run</c>: the agent in a pod of the probe DaemonSet.</summary>
internal static class RunCommand
{
    public static Command Create(ProbeHost host)
    {
        var command = new Command("run", "Answer NodeProbes of this node until SIGTERM; for the pods that the operator starts.");
        command.SetAction((_, ct) => RunAsync(host, ct));
        return command;
    }

    private static async Task<int> RunAsync(ProbeHost host, CancellationToken ct)
    {
        if (!AgentSettings.TryRead(host.Environment, out var settings, out var problem)) return host.Refuse(problem);
        var log = new AgentLog(host.Output.Writer, host.Time);
        if (!host.Connector.TryConnect(settings, log, out var agent, out problem)) return host.Refuse(problem);
        log.Info($"{CommandLine.ProgramName} {host.Version} answers for node {settings.NodeName}, diagnosis {settings.DiagnosisUid}");
        try
        {
            await agent.RunAsync(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            log.Info("stopped");
        }

        return ExitCodes.Healthy;
    }
}
