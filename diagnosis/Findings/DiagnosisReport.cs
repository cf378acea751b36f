// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>What the engine says about a set of nodes; stable order, so equal facts give an equal report.</summary>
public sealed record DiagnosisReport
{
    /// <summary>One per directed tunnel that a node lists, or that a finding names.</summary>
    public required IReadOnlyList<TunnelAssessment> Tunnels { get; init; }

    /// <summary>How many more tunnels there are, which nodes with very many peers only count.</summary>
    public TunnelTotals Unlisted { get; init; }

    /// <summary>All tunnels, listed or not, by state.</summary>
    public TunnelTotals Totals() => TunnelTotals.Of(Tunnels) + Unlisted;

    /// <summary>Ranked; the first is the one to mend first.</summary>
    public required IReadOnlyList<RootCause> RootCauses { get; init; }

    /// <summary>The paths that somebody asked about, two directions each; empty while nobody asked.</summary>
    public IReadOnlyList<PathResult> Paths { get; init; } = [];

    /// <summary>What no rule could look at, so that silence is not taken for health.</summary>
    public required IReadOnlyList<CouldNotCheck> CouldNotCheck { get; init; }

    /// <summary>One sentence a tired person understands: who, what, where, which command.</summary>
    public required string Summary { get; init; }
}

/// <summary>The state of one directed tunnel.</summary>
/// <param name="Tunnel">Which one.</param>
/// <param name="State">Its state.</param>
/// <param name="Reason">What the state was judged from, one line.</param>
public sealed record TunnelAssessment(TunnelId Tunnel, TunnelState State, string Reason);

/// <summary>A finding that nothing else explains, with what follows from it.</summary>
/// <param name="Finding">The cause.</param>
/// <param name="Consequences">Findings that it explains, the deeper layers first.</param>
/// <param name="AffectedTunnels">All tunnels of the cause and its consequences, without repetition.</param>
/// <param name="AffectedNodes">All nodes of those tunnels, sorted.</param>
public sealed record RootCause(
    Finding Finding,
    IReadOnlyList<Finding> Consequences,
    IReadOnlyList<TunnelId> AffectedTunnels,
    IReadOnlyList<string> AffectedNodes)
{
    /// <summary>How many more tunnels suffer, which nodes with very many peers only count.</summary>
    public int UnlistedTunnels { get; init; }

    /// <summary>The nodes that have the fault, sorted: one, or all that have the very same (the finding's subject is the first of them).</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [Finding.Subject.Node];

    /// <summary>Findings that it explains too, but that a deeper cause of this report already has among its consequences.</summary>
    public IReadOnlyList<SharedConsequence> AlsoExplains { get; init; } = [];
}

/// <summary>A finding with two causes.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Node">Its node.</param>
/// <param name="UnderCode">Code of the cause among whose consequences it is.</param>
/// <param name="UnderNode">Node of that cause.</param>
public sealed record SharedConsequence(string Code, string Node, string UnderCode, string UnderNode);

/// <summary>Something that could not be looked at.</summary>
/// <param name="Node">Where.</param>
/// <param name="What">Which fact.</param>
/// <param name="Reason">Why not.</param>
public sealed record CouldNotCheck(string Node, string What, string Reason)
{
    /// <summary>On how many nodes it is the same; the first of them is named.</summary>
    public int Nodes { get; init; } = 1;
}
