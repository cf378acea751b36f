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
/// <param name="Consequences">Findings that it explains, most severe first.</param>
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
}

/// <summary>Something that could not be looked at.</summary>
/// <param name="Node">Where.</param>
/// <param name="What">Which fact.</param>
/// <param name="Reason">Why not.</param>
public sealed record CouldNotCheck(string Node, string What, string Reason);
