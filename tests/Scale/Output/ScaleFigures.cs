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

    /// <summary>What is wrong with the verdict; null when it is right.</summary>
    public required string? VerdictFault { get; init; }
}
