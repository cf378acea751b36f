// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// What one end sent and the other did not receive in the same window. Both windows must be one time, and the other direction must not show the opposite
/// difference: that would be two windows that lie a moment apart.
/// </summary>
/// <param name="Sent">UDP payload bytes that this end sent.</param>
/// <param name="Received">UDP payload bytes that the other end accepted.</param>
internal sealed record PathDifference(ulong Sent, ulong Received)
{
    private const double EnoughSeconds = 5;

    /// <summary>Ends that were read further apart than this part of the window are not compared.</summary>
    private const double LargestShift = 0.25;

    public ulong Lost => Sent - Received;

    /// <summary>0 to 1.</summary>
    public double Share => (double)Lost / Sent;

    /// <summary>Null when the two ends cannot be compared, or nothing is missing.</summary>
    public static PathDifference? Of(MeshModel mesh, PeerView tunnel)
    {
        if (tunnel.Reverse is not { } far || far.IsCounted || tunnel.IsCounted || !OneWindow(tunnel.Device.Node, far.Device.Node)) return null;
        if (Session.State(tunnel, mesh.Thresholds) != SessionState.Fresh || Session.State(far, mesh.Thresholds) != SessionState.Fresh) return null;
        if (tunnel.Fact.Sent.Growth is not { } sent || far.Fact.Received.Growth is not { } received || sent <= received) return null;
        if (tunnel.Fact.Received.Growth is not { } back || far.Fact.Sent.Growth is not { } answered) return null;
        // More came back than was sent back: the windows differ, nothing is known to be lost.
        return back > answered + (3 * Traffic.Initiation) ? null : new PathDifference(sent, received);
    }

    private static bool OneWindow(NodeView here, NodeView there)
    {
        var seconds = Math.Min(here.Observed, there.Observed);
        return seconds >= EnoughSeconds && !here.ClockIsOff && !there.ClockIsOff
            && Math.Abs((here.Facts.At - there.Facts.At).TotalSeconds) <= seconds * LargestShift;
    }
}
