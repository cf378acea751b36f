// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Operator.Runs;

/// <summary>How far a run has come.</summary>
internal sealed record RunProgress
{
    public required Run Run { get; init; }

    /// <summary>Names of the nodes that are asked, sorted.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>What the nodes that have answered read, in the order of <see cref="Nodes"/>.</summary>
    public required IReadOnlyList<NodeFacts> Facts { get; init; }

    /// <summary>Every node without usable facts, with the reason as it looks now.</summary>
    public required IReadOnlyList<NotReportedNode> NotReported { get; init; }

    /// <summary>Nodes whose clock is off.</summary>
    public IReadOnlyList<NodeClock> ClockOff { get; init; } = [];

    /// <summary>No more answers can come: each node has reported, failed, or answered something that was refused.</summary>
    public required bool AllAnswered { get; init; }

    /// <summary>Nodes whose probe is ready or has answered.</summary>
    public required int ProbesReady { get; init; }

    /// <summary>Why the API server refused to make the probes; null when it did not.</summary>
    public string? ProbesRefused { get; init; }

    /// <summary>The operator failed to judge the facts, so nothing can be said about the tunnels.</summary>
    public bool VerdictFailed { get; init; }
}
