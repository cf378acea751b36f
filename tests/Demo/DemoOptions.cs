// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Demo;

/// <summary>What the demo shows.</summary>
internal sealed record DemoOptions
{
    /// <summary>Name of a fault of the lab, or <c>none</c>.</summary>
    public required string Fault { get; init; }

    public required Family Family { get; init; }

    public required int Nodes { get; init; }

    /// <summary>Leave everything running until Ctrl-C.</summary>
    public required bool Keep { get; init; }

    public required string ProbePath { get; init; }

    public required string OperatorPath { get; init; }
}
