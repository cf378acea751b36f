// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Handshake;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>
/// The state of a tunnel that no finding explains, from what both ends counted during the observation. The two implementations differ: the
/// kernel does not count refused bytes as received but counts frame errors; a userspace device does the reverse.
/// </summary>
internal static class TunnelCounters
{
    /// <summary>Two small packets: one may be on its way when the other end is read.</summary>
    public const ulong EnoughData = CounterMoves.EnoughData;

    public static (TunnelState State, string Reason) Judge(MeshModel mesh, PeerView tunnel)
    {
        var device = tunnel.Device;
        if (device.Link is { Up: false }) return (TunnelState.Idle, "The device is down, and no observed node has it as a peer.");
        var session = Session.State(tunnel, mesh.Thresholds);
        if (Broken(mesh, tunnel) is { } broken) return broken;
        if (Traffic.IsData(tunnel.Fact.Received, tunnel)) return (TunnelState.Healthy, "Data arrives from the other end.");
        return session switch
        {
            SessionState.Fresh => (TunnelState.Healthy, $"Handshake {Age(tunnel)} ago, and nothing speaks against it."),
            SessionState.ClockUnclear => (TunnelState.Unknown, "The last handshake lies in the future: the clock was set back."),
            SessionState.Never or SessionState.Old when Session.Tries(tunnel) && HandshakeFindings.MayBeSwitchedOff(mesh, tunnel) =>
                (TunnelState.Unknown, "The other end does not answer; it was not observed and may be switched off."),
            SessionState.Never when Session.Tries(tunnel) => (TunnelState.NoHandshake, $"This side tries, and no handshake ever completed{HowFar(mesh, tunnel)}."),
            SessionState.Old when Session.Tries(tunnel) => (TunnelState.NoHandshake, $"This side tries, and the last handshake is {Age(tunnel)} old{HowFar(mesh, tunnel)}."),
            SessionState.Never => (TunnelState.Idle, tunnel.Endpoint is null ? "No endpoint is known; the other side has to begin." : "Never used: nobody wanted to send."),
            _ => (TunnelState.Idle, $"Last handshake {Age(tunnel)} ago, and nobody wants to send."),
        };
    }

    // Of the rows without a handshake the session speaks below: who tries, and whether the other end may be switched off.
    private static (TunnelState State, string Reason)? Broken(MeshModel mesh, PeerView tunnel)
    {
        if (tunnel.Reverse is null) return null;
        return TruthTable.Match(PairReader.Of(mesh, tunnel)) is { State: { } state and not TunnelState.NoHandshake } row
            ? (state, $"{tunnel.Fact.Sent.Growth} bytes to {tunnel.RemoteName}: {row.Text}.")
            : null;
    }

    private static string HowFar(MeshModel mesh, PeerView tunnel) =>
        TruthTable.Match(PairReader.Of(mesh, tunnel)) is { State: TunnelState.NoHandshake } row ? $"; {row.Text}" : "";

    private static string Age(PeerView tunnel) =>
        Session.Age(tunnel) is { } age ? $"{Math.Max(0, age.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s" : "?";
}
