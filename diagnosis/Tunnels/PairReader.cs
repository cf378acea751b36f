// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>
/// Takes the signature of a directed pair from the facts of both ends. Two observations are compared as far as they overlap; where they do not, a clock is off, a
/// reading was lost or a counter began anew, what both ends counted since ever is used if they never had a session.
/// </summary>
internal static class PairReader
{
    /// <summary>A flat counter means something after the time in which an initiation is repeated (REKEY_TIMEOUT, 5 s).</summary>
    public const double EnoughSeconds = 5;

    /// <summary>More bytes per second than that without anything coming back is no traffic that somebody wants.</summary>
    private const double ExplosionBytesPerSecond = 20_000_000;

    /// <summary>Inner packets of this size on average fit through any MTU there is (RFC 791: 576 bytes, without headers).</summary>
    private const double SmallPacket = 500;

    /// <summary>Bytes that WireGuard adds to the longest packet that its device takes, padding included.</summary>
    private const ulong Overhead = 80;

    /// <summary>Half of the bytes missing is more than the edges of two windows explain.</summary>
    private const double MuchLoss = 0.5;

    public static PairSignature Of(MeshModel mesh, PeerView here)
    {
        var nothing = new PairSignature(CounterMove.Unknown, CounterMove.Unknown, CounterMove.Unknown, CounterMove.Unknown,
            Mark(here, mesh.Thresholds), SessionMark.Any, Basis: PairBasis.None);
        if (here.Reverse is not { } there || here.IsCounted || there.IsCounted) return nothing;
        nothing = nothing with { There = Mark(there, mesh.Thresholds) };
        var overlap = Overlap(here, there);
        var window = new PairSignature(
            CounterMoves.InWindow(here.Fact.Sent, here), CounterMoves.InWindow(here.Fact.Received, here),
            CounterMoves.InWindow(there.Fact.Received, there), CounterMoves.InWindow(there.Fact.Sent, there),
            nothing.Here, nothing.There)
        { Overlap = overlap };
        if (overlap >= EnoughSeconds && window is { SentHere: not CounterMove.Unknown, ReceivedThere: not CounterMove.Unknown })
            return window with { Signs = Signs(window, here, there) };
        if (nothing is not { Here: SessionMark.Never, There: SessionMark.Never }) return nothing;
        return new PairSignature(
            CounterMoves.SinceEver(here.Fact.Sent), CounterMoves.SinceEver(here.Fact.Received),
            CounterMoves.SinceEver(there.Fact.Received), CounterMoves.SinceEver(there.Fact.Sent),
            SessionMark.Never, SessionMark.Never, PresharedKeys.Sign(here, there), PairBasis.SinceEver);
    }

    /// <summary>Seconds that both were observed at the same time, by the nodes' own clocks; 0 where these are known to be off, or the windows lie apart.</summary>
    public static double Overlap(PeerView here, PeerView there)
    {
        var (a, b) = (here.Device.Node, there.Device.Node);
        if (a.ClockIsOff || b.ClockIsOff) return 0;
        var seconds = Math.Min(a.Observed, b.Observed);
        var apart = Math.Abs((a.Facts.At - b.Facts.At).TotalSeconds);
        // What was sent may all lie in the part that the other end did not see.
        return apart > seconds / 2 ? 0 : seconds;
    }

    public static SessionMark Mark(PeerView peer, Thresholds thresholds) => Session.State(peer, thresholds) switch
    {
        SessionState.Never => SessionMark.Never,
        SessionState.Fresh => SessionMark.Fresh,
        SessionState.Old => SessionMark.Old,
        _ => SessionMark.Unclear,
    };

    private static PairSigns Signs(PairSignature window, PeerView here, PeerView there)
    {
        var signs = PresharedKeys.Sign(here, there);
        if (Math.Abs((here.Device.Node.Facts.At - there.Device.Node.Facts.At).TotalSeconds) <= 1) signs |= PairSigns.Aligned;
        // What arrives speaks for itself, and looking further costs time on devices with many peers.
        if ((window.ReceivedHere & window.ReceivedThere & CounterMove.AnyData) != CounterMove.None) return signs | (IsLoss(here, there) ? PairSigns.Loss : PairSigns.None);
        if ((window.SentHere & CounterMove.Handshakes) != CounterMove.None) signs |= OfHandshake(here, there);
        if (window.SentHere == CounterMove.Data) signs |= OfData(here, there) | (IsLoss(here, there) ? PairSigns.Loss : PairSigns.None);
        if (window.SentHere == CounterMove.Flat && !here.Device.IsUserspace && here.Device.Link?.Counters is { TxErrors.Growth: > 0 }) signs |= PairSigns.NoOwnerHere;
        if (there.Fact.PreviousEndpoint is not null) signs |= PairSigns.EndpointMovedThere;
        return signs;
    }

    private static PairSigns OfHandshake(PeerView here, PeerView there)
    {
        var signs = PairSigns.None;
        var initiations = here.Fact.Sent.Growth!.Value / Traffic.Initiation;
        var ns = there.Device.Namespace;
        var group = UdpGroup(here);
        if (Datagrams(here, there) < Math.Max(1, initiations)) signs |= PairSigns.DatagramsFlatThere;
        if (ns.CounterGrowth($"{group}.NoPorts") >= Math.Max(1, initiations)) signs |= PairSigns.NoPortsThere;
        return signs;
    }

    private static PairSigns OfData(PeerView here, PeerView there)
    {
        var signs = Datagrams(here, there) is 0 ? PairSigns.DatagramsFlatThere : PairSigns.None;
        var refused = Drops.Of(there.Device).Inbound >= 2 && (there.Device.IsUserspace || !Traffic.IsData(there.Fact.Received, there));
        if (refused) signs |= PairSigns.RefusedThere;
        var ns = there.Device.Namespace;
        if (ns.CounterGrowth("Ip.InAddrErrors") >= 2 || ns.CounterGrowth("Ip6.InAddrErrors") >= 2) signs |= PairSigns.AddressErrorsThere;
        if (ns.CounterGrowth("TcpExt.IPReversePathFilter") >= 2) signs |= PairSigns.ReversePathThere;
        if (ns.CounterGrowth("IpExt.InNoRoutes") >= 2 || ns.CounterGrowth("Ip6.InNoRoutes") >= 2) signs |= PairSigns.NoRoutesThere;
        if (here.Fact.Sent.Growth > ExplosionBytesPerSecond * here.Device.Node.Observed && here.Fact.Received.Growth == 0) signs |= PairSigns.ExplodesHere;
        if (LeastPackets(here) is { } packets && here.Fact.Sent.Growth / (double)packets < SmallPacket) signs |= PairSigns.SmallPackets;
        return signs;
    }

    // How many packets were for this peer at least: what the device was given, without all that the other peers' devices delivered.
    private static ulong? LeastPackets(PeerView here)
    {
        if (here.Device.Link?.Counters is not { TxPackets.Growth: { } packets } || here.Device.Unlisted?.SentData > 0) return null;
        foreach (var other in here.Device.Peers.Where(other => other != here && Traffic.IsData(other.Fact.Sent, other)))
        {
            if (other.Remote?.Link?.Counters is not { RxPackets.Growth: { } taken } || taken >= packets) return null;
            packets -= taken;
        }

        return packets == 0 ? null : packets;
    }

    /// <summary>How many UDP packets of the endpoint's family all sockets of the receiver's namespace got; null when that was not read twice.</summary>
    public static ulong? Datagrams(PeerView here, PeerView there) =>
        there.Device.Namespace.Facts.ProtocolCounters?.Value is { } counters && counters.TryGetValue($"{UdpGroup(here)}.InDatagrams", out var datagrams) ? datagrams.Growth : null;

    /// <summary>
    /// True when all sockets of the receiver's namespace together got fewer UDP packets than were sent to it at least, so that most of them did not get there;
    /// what it got may be other peers'.
    /// </summary>
    public static bool IsCutOff(PeerView here, PeerView there) =>
        Datagrams(here, there) is { } datagrams && datagrams < Math.Max(1, (here.Fact.Sent.Growth ?? 0) / ((ulong)Math.Max(1280, here.Device.Link?.Mtu ?? ushort.MaxValue) + Overhead));

    private static string UdpGroup(PeerView here) => here.Endpoint?.Address.Family == IpFamily.IPv6 ? "Udp6" : "Udp";

    private static bool IsLoss(PeerView here, PeerView there) =>
        here.Fact.Sent.Growth is > 20 * CounterMoves.EnoughData and { } sent && there.Fact.Received.Growth is { } arrived && arrived < sent * MuchLoss;
}
