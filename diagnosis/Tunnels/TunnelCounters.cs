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
    public const ulong EnoughData = 256;

    /// <summary>A judgement on flat counters needs at least one retry's time.</summary>
    private const double EnoughSeconds = 5;

    /// <summary>Counters of the host stack that tell of packets that were taken from the tunnel and thrown away.</summary>
    private static readonly string[] DropCounters =
    [
        "Ip.InAddrErrors", "Ip6.InAddrErrors", "TcpExt.IPReversePathFilter", "Ip6.InNoRoutes", "IpExt.InNoRoutes",
    ];

    public static (TunnelState State, string Reason) Judge(MeshModel mesh, PeerView tunnel)
    {
        var device = tunnel.Device;
        if (device.Link is { Up: false }) return (TunnelState.Idle, "The device is down, and no observed node has it as a peer.");
        var session = Session.State(tunnel, mesh.Thresholds);
        if (Broken(tunnel) is { } broken) return broken;
        if (Traffic.IsData(tunnel.Fact.Received, tunnel)) return (TunnelState.Healthy, "Data arrives from the other end.");
        return session switch
        {
            SessionState.Fresh => (TunnelState.Healthy, $"Handshake {Age(tunnel)} ago, and nothing speaks against it."),
            SessionState.ClockUnclear => (TunnelState.Unknown, "The last handshake lies in the future: the clock was set back."),
            SessionState.Never or SessionState.Old when Session.Tries(tunnel) && HandshakeFindings.MayBeSwitchedOff(mesh, tunnel) =>
                (TunnelState.Unknown, "The other end does not answer; it was not observed and may be switched off."),
            SessionState.Never when Session.Tries(tunnel) => (TunnelState.NoHandshake, "This side tries, and no handshake ever completed."),
            SessionState.Old when Session.Tries(tunnel) => (TunnelState.NoHandshake, $"This side tries, and the last handshake is {Age(tunnel)} old."),
            SessionState.Never => (TunnelState.Idle, tunnel.Endpoint is null ? "No endpoint is known; the other side has to begin." : "Never used: nobody wanted to send."),
            _ => (TunnelState.Idle, $"Last handshake {Age(tunnel)} ago, and nobody wants to send."),
        };
    }

    private static (TunnelState State, string Reason)? Broken(PeerView tunnel)
    {
        if (tunnel.Reverse is not { } far || !Comparable(tunnel, far)) return null;
        var sent = Traffic.DataGrowth(tunnel.Fact.Sent, tunnel);
        // Something comes back, so the way there works as well; the rest is timing of the two readings.
        if (sent < EnoughData || Traffic.IsData(tunnel.Fact.Received, tunnel)) return null;
        var drops = Drops.Of(far.Device);
        var arrived = far.Fact.Received.Growth ?? 0;
        var where = tunnel.RemoteName;
        if (drops.Inbound >= 2 && (far.Device.IsUserspace || !Traffic.IsData(far.Fact.Received, far)))
            return (TunnelState.RejectedByAllowedIps, $"{sent} bytes were sent; {where} decrypted packets and refused their source.");
        if (arrived == 0) return (TunnelState.OneWay, $"{sent} bytes were sent during the observation, and {where} received none of them.");
        if (!Traffic.IsData(far.Fact.Received, far)) return (TunnelState.OneWay, $"{sent} bytes were sent; {where} received handshakes and keepalives only.");
        return far.Fact.Sent.Growth == 0 && DropCounter(far.Device) is { } counter
            ? (TunnelState.DroppedAfterDecrypt, $"{where} received {arrived} bytes and answered none; its {counter} grew.")
            : null;
    }

    private static string? DropCounter(DeviceView device) => Array.Find(DropCounters, name => device.Namespace.CounterGrowth(name) >= 2);

    // The two windows must be one time; a clock that is off by more than the window makes that unknowable.
    private static bool Comparable(PeerView tunnel, PeerView far)
    {
        var (here, there) = (tunnel.Device.Node, far.Device.Node);
        var seconds = Math.Min(here.Observed, there.Observed);
        return seconds >= EnoughSeconds
            && !here.ClockIsOff
            && !there.ClockIsOff
            && Math.Abs((here.Facts.At - there.Facts.At).TotalSeconds) <= seconds / 2
            && far.Fact.Received.Growth is not null;
    }

    private static string Age(PeerView tunnel) =>
        Session.Age(tunnel) is { } age ? $"{Math.Max(0, age.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s" : "?";
}
