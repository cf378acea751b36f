// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Explain;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>What the commands have of the outside world.</summary>
public sealed record ProbeHost
{
    /// <summary>Standard output.</summary>
    public required Terminal Output { get; init; }

    /// <summary>Standard error.</summary>
    public required TextWriter Error { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public required string HostName { get; init; }

    /// <summary>Version of this program, as <c>--version</c> says it.</summary>
    public required string Version { get; init; }

    public required TimeProvider Time { get; init; }

    public required IFactsCollector Collector { get; init; }

    public required IPacketExplainer Explainer { get; init; }

    /// <summary>Makes the in-cluster agent's connection to the API server.</summary>
    public required IAgentConnector Connector { get; init; }

    /// <summary>Says one line on standard error and gives the exit code of bad input.</summary>
    public int Refuse(string problem)
    {
        Error.Write($"{CommandLine.ProgramName}: {PlainText.OneLine(problem, 2048)}\n");
        return ExitCodes.CouldNotCheck;
    }
}
