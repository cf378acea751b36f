// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Operator.Intake;

/// <summary>What a NodeProbe says about its node in the run it was asked for.</summary>
internal abstract record NodeReport
{
    /// <summary>No answer yet.</summary>
    /// <param name="ProbeStarted">When the probe began on this run (the node's clock); null when it has not said so.</param>
    internal sealed record Silent(DateTimeOffset? ProbeStarted) : NodeReport;

    /// <summary>Facts that passed every check.</summary>
    internal sealed record Facts(NodeFacts Value) : NodeReport;

    /// <summary>The probe says that it could not read. Final for the run.</summary>
    internal sealed record Failed(string Message) : NodeReport;

    /// <summary>The answer was refused. Final for the run.</summary>
    internal sealed record Invalid(string Message) : NodeReport;
}
