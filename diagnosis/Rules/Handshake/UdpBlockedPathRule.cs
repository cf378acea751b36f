// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: rows 1 and 2 of the truth table: one end sends initiations, the other accepts none, although each has the other's key, address and port right.
/// Threshold: the table's. Fewer UDP packets at all sockets of the other host than initiations were sent proves that they do not get there.
/// Traps: what got to the host's sockets and came from nobody else was refused by WireGuard, so the way is not to blame; a tunnel whose endpoint is a
/// translated address is another matter. Root cause only where nothing sharper explains the tunnel.
/// </summary>
internal sealed class UdpBlockedPathRule : ISymptomRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-UDP-BLOCKED-PATH", Layer.Firewall, Severity.Critical, "Outer UDP does not arrive")
    {
        Precedence = Rules.Precedence.OuterPath + 5,
        ConsequenceOnly = true,
        Explanation = "Both ends are set up for each other, and what one sends does not reach the other's WireGuard: a security group, an access list, a firewall on the way, or one on the "
            + "receiving host in front of the socket. Nothing tells the sender.",
        FalsifiedBy = "A capture on the receiver's uplink (`tcpdump -ni <uplink> udp port <port>`) shows the packets, and no firewall rule on that host counts them.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        mesh.Peers.Where(peer => Shows(mesh, peer)).Select(peer => Compose(mesh, peer.Device, [peer]));

    public bool Shows(MeshModel mesh, PeerView tunnel) =>
        OuterPathFindings.Row(mesh, tunnel) is { } row
        && IsBlocked(row, mesh, tunnel)
        && (Outer.IsRight(tunnel) || Outer.SeenThroughNat(mesh, tunnel.Remote!, tunnel)?.Endpoint == tunnel.Endpoint)
        && !OnlyRefused(tunnel)
        && Outer.Capture(tunnel.Reverse!) is not { Received.Initiations: > 0 };

    public RuleFinding Compose(MeshModel mesh, DeviceView culprit, IReadOnlyList<PeerView> tunnels)
    {
        var proven = tunnels.Count(tunnel => OuterPathFindings.Row(mesh, tunnel) is { Verdict: PairVerdict.NothingArrives or PairVerdict.NothingDecrypted });
        var port = tunnels[0].Endpoint!.Value.Port;
        var draft = OuterPathFindings.Begin(Descriptor, culprit, tunnels,
            $"UDP {(tunnels.All(tunnel => tunnel.Endpoint!.Value.Port == port) ? $"to port {port} " : "")}does not get {OuterPathFindings.Between(culprit, tunnels)}: "
            + (proven > 0 ? "packets are sent and do not reach the other host's sockets." : "packets are sent, the other end accepts none, and keys, addresses and ports fit."),
            proven > 0 ? 0.85 : 0.6);
        foreach (var tunnel in tunnels.Where(tunnel => PairReader.Datagrams(tunnel, tunnel.Reverse!) is not null))
            draft.Evidence(tunnel.Remote!, "nstat UdpInDatagrams", $"grew by {PairReader.Datagrams(tunnel, tunnel.Reverse!)} during the observation", null, "/proc/net/snmp");
        return draft.Build();
    }

    // Data on a living session may also be lost because the other end forgot the session; only a host that got no packet at all proves the way.
    private static bool IsBlocked(TruthRow row, MeshModel mesh, PeerView tunnel) => row.Verdict switch
    {
        PairVerdict.NothingArrives or PairVerdict.NothingAccepted => true,
        PairVerdict.NothingDecrypted => PairReader.IsCutOff(tunnel, tunnel.Reverse!) && Session.State(tunnel, mesh.Thresholds) != SessionState.ClockUnclear,
        _ => false,
    };

    // Packets came, and nobody else's: WireGuard itself refused them.
    private static bool OnlyRefused(PeerView tunnel) =>
        PairReader.Datagrams(tunnel, tunnel.Reverse!) is { } datagrams
        && datagrams > 0
        && datagrams >= (tunnel.Fact.Sent.Growth ?? 0) / Traffic.Initiation
        && tunnel.Remote!.Namespace.Devices.TrueForAll(device => device.Peers.All(peer => peer.Fact.Received.Growth is 0) && (device.Unlisted?.ReceivedData ?? 0) == 0);
}
