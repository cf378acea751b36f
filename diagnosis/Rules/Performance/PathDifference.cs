// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// What one end sent and the other did not receive in the same window. Both windows must be one time, and the other direction must not show the opposite
/// difference: that would be two windows that lie a moment apart.
/// </summary>
/// <param name="Sent">UDP payload bytes that this end sent.</param>
/// <param name="Received">UDP payload bytes that the other end accepted.</param>
/// <param name="Shift">How far the two windows lie apart, as a part of them: a burst may lie in what only one of them saw.</param>
internal sealed record PathDifference(ulong Sent, ulong Received, double Shift)
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
        if (tunnel.Reverse is not { } far || far.IsCounted || tunnel.IsCounted || Apart(tunnel.Device, far.Device) is not { } shift || shift > LargestShift) return null;
        if (Session.State(tunnel, mesh.Thresholds) != SessionState.Fresh || Session.State(far, mesh.Thresholds) != SessionState.Fresh) return null;
        if (tunnel.Fact.Sent.Growth is not { } sent || far.Fact.Received.Growth is not { } received || sent <= received) return null;
        if (tunnel.Fact.Received.Growth is not { } back || far.Fact.Sent.Growth is not { } answered) return null;
        // More came back than was sent back: the windows differ, nothing is known to be lost.
        return back > answered + (3 * Traffic.Initiation) ? null : new PathDifference(sent, received, shift);
    }

    // By when the counters were read: a busy node reads other things for seconds before or after.
    private static double? Apart(DeviceView here, DeviceView there)
    {
        var (shorter, longer) = (Math.Min(here.Node.Observed, there.Node.Observed), Math.Max(here.Node.Observed, there.Node.Observed));
        if (shorter < EnoughSeconds || here.Node.ClockIsOff || there.Node.ClockIsOff) return null;
        return (Math.Abs((ReadAt(here) - ReadAt(there)).TotalSeconds) + longer - shorter) / shorter;
    }

    private static DateTimeOffset ReadAt(DeviceView device)
    {
        var facts = device.Namespace.Facts;
        return (device.IsUserspace ? facts.UserspaceWireGuard : facts.KernelWireGuard)?.At ?? device.Node.Facts.At;
    }
}
