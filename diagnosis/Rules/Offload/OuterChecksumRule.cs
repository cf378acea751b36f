// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Offload;

/// <summary>
/// Signal: UDP checksum errors grow where the tunnel's socket is, while a peer sends and less than half of it, or nothing, is accepted.
/// Threshold: two errors; a peer that sends two handshakes or more.
/// Traps: other UDP programs of the node count in the same place: what the peer loses ties the errors to the tunnel.
/// </summary>
internal sealed class OuterChecksumRule : IRule
{
    private const ulong Least = 2;

    public RuleDescriptor Descriptor { get; } = new("WG-OFFLOAD-CSUM-OUTER", Layer.Performance, Severity.Critical, "Tunnel packets arrive with wrong checksums")
    {
        Precedence = Rules.Precedence.Data + 3,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "The receiver drops UDP packets whose checksum is wrong before WireGuard sees them. The usual reason is a network card or driver at the sender that was asked to fill in the checksum and did not.",
        FalsifiedBy = "UdpInCsumErrors stands still while the peer sends, or `ethtool -K <uplink> tx off` at the sender changes nothing.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from tunnel in mesh.Peers
        let far = tunnel.Reverse
        where far is { IsCounted: false } && tunnel.Endpoint is not null && tunnel.Fact.Sent.Growth >= 2 * Traffic.Initiation
        where far.Fact.Received.Growth is { } received && received * 2 < tunnel.Fact.Sent.Growth && Comparable(tunnel.Device.Node, far.Device.Node)
        let name = tunnel.Endpoint!.Value.Address.Family == IpFamily.IPv4 ? "Udp.InCsumErrors" : "Udp6.InCsumErrors"
        let errors = far.Device.Namespace.CounterGrowth(name)
        where errors >= Least
        select Build(tunnel, far, name, errors);

    private static bool Comparable(NodeView here, NodeView there) =>
        !here.ClockIsOff && !there.ClockIsOff && Math.Abs((here.Facts.At - there.Facts.At).TotalSeconds) <= Math.Min(here.Observed, there.Observed) / 2;

    private RuleFinding Build(PeerView tunnel, PeerView far, string name, ulong errors)
    {
        var (from, to) = (tunnel.Device.Node.Name, far.Device.Node.Name);
        var draft = new FindingDraft(Descriptor, far.Device)
        {
            Message = $"{to} dropped {errors} UDP packets with wrong checksums while {from} sent {tunnel.Fact.Sent.Growth} bytes and {far.Fact.Received.Growth} were accepted.",
            Confidence = 0.85,
            Entry = far,
            Family = tunnel.Endpoint!.Value.Address.Family,
        };
        draft.Evidence(far.Device, $"nstat {name.Replace(".", "", StringComparison.Ordinal)}", $"+{errors}", "+0", "/proc/net/snmp");
        draft.Evidence(tunnel.Device, $"wg show {tunnel.Device.Name} transfer: sent to {to}", $"+{tunnel.Fact.Sent.Growth}", null);
        draft.Evidence(far.Device, $"wg show {far.Device.Name} transfer: received from {from}", $"+{far.Fact.Received.Growth}", $"about +{tunnel.Fact.Sent.Growth}");
        return draft.Affects(tunnel, TunnelState.OneWay).Build();
    }
}
