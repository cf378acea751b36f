// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Scale.Output;

/// <summary>What one run cost.</summary>
internal sealed record ScaleFigures
{
    public required int Nodes { get; init; }

    /// <summary>From apply to Complete, as a watcher of the diagnosis sees it.</summary>
    public required double CompleteSeconds { get; init; }

    /// <summary>User and system time of the operator between the two.</summary>
    public required double OperatorCpuSeconds { get; init; }

    /// <summary>VmHWM of the operator, in bytes.</summary>
    public required long OperatorPeakResident { get; init; }

    /// <summary>Greatest anonymous memory of the operator, in bytes.</summary>
    public required long OperatorPeakAnonymous { get; init; }

    public required AgentFigures Operator { get; init; }

    /// <summary>Of the whole agents, for one of them.</summary>
    public required AgentFigures Probes { get; init; }

    /// <summary>Writes of a simulated probe, on average.</summary>
    public required double SimulatedWrites { get; init; }

    /// <summary>Requests that the server refused, of anybody.</summary>
    public required long Refused { get; init; }

    /// <summary>Size of the largest object written, in bytes of JSON.</summary>
    public required long LargestObject { get; init; }

    /// <summary>Processor time of the server between the two, in seconds.</summary>
    public required double ServerCpuSeconds { get; init; }

    /// <summary>What is wrong with the verdict; null when it is right.</summary>
    public required string? VerdictFault { get; init; }
}
