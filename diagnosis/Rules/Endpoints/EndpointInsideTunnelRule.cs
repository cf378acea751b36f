// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: the kernel's own route for a peer's endpoint, asked with the device's mark, leads into the device itself and there to that very peer, directly or over other
/// tunnels.
/// Threshold: none; a counter that explodes makes it certain. Chains of tunnels are followed to a depth of five.
/// Traps: without the mark the answer points into the tunnel on every full-tunnel host, and is not asked; a tunnel inside another one, or over another peer of the
/// same device, ends outside.
/// </summary>
internal sealed class EndpointInsideTunnelRule : IRule
{
    private const int Depth = 5;

    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-INSIDE-TUNNEL", Layer.Route, Severity.Critical, "The endpoint is routed into its own tunnel")
    {
        Precedence = Rules.Precedence.Underlay + 8,
        StopsHandshake = true,
        ExplainedBy = ["WG-FWMARK-MISMATCH", "WG-IPV6-DAD-FAILED"],
        Explanation = "Each outer packet is routed into the tunnel, encrypted again and routed into the tunnel again. Nothing leaves the node, the peer's counter grows by megabytes and one "
            + "CPU is busy until the kernel drops the packet.",
        FalsifiedBy = "`ip route get <endpoint> mark <fwmark of the device>` names another device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Devices
        .Select(device => (device, peers: device.Peers.Where(peer => Way(peer) is not null).ToList()))
        .Where(item => item.peers.Count > 0)
        .Select(item => Build(mesh, item.device, item.peers));

    // The tunnels that the outer packets go through, when they come back to the peer that they are for; null when they end outside.
    private static List<PeerView>? Way(PeerView start)
    {
        var way = new List<PeerView>();
        for (var peer = start; way.Count < Depth;)
        {
            if (peer.Endpoint is not { } endpoint || peer.Device.Fact.SocketNamespace is not null) return null;
            var ns = peer.Device.Namespace;
            if (ns.Lookups.ForEndpoint(peer.Device, endpoint.Address) is not { Type: Facts.RouteType.Unicast, Link: { } link }) return null;
            if (ns.Devices.Find(device => device.Link?.Index == link) is not { } into) return null;
            if (into.Cryptokey.Owner(IpPrefix.Host(endpoint.Address)) is not { } owner) return null;
            way.Add(owner.Peer);
            if (owner.Peer == start) return way;
            if (way.Count > 1 && way.IndexOf(owner.Peer) < way.Count - 1) return null;
            peer = owner.Peer;
        }

        return null;
    }

    private RuleFinding Build(MeshModel mesh, DeviceView device, List<PeerView> peers)
    {
        var alive = peers.TrueForAll(peer => Session.State(peer, mesh.Thresholds) == SessionState.Fresh && peer.Fact.Received.Grew);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} the way to the endpoint of {DisplayText.Join(peers.Select(peer => $"{peer.RemoteName} ({peer.Endpoint!.Value.Address})"), 3)} leads into {device.Name} itself.",
            Confidence = alive ? 0.5 : 0.96,
            Severity = alive ? Severity.Info : Descriptor.Severity,
            Entry = peers.Count == 1 ? peers[0] : null,
        };
        foreach (var peer in peers)
        {
            var address = peer.Endpoint!.Value.Address;
            var lookup = device.Namespace.Lookups.ForEndpoint(device, address)!;
            draft.Evidence(device, $"ip route get {address} mark {lookup.Mark}", $"dev {device.Namespace.LinkName(lookup.Link!.Value)}", "the uplink", "rtnetlink");
            draft.Evidence(device, $"wg show {device.Name} transfer", $"{peer.RemoteName}: sent {peer.Fact.Sent.Growth ?? 0} bytes, received {peer.Fact.Received.Growth ?? 0} during the observation", null);
            draft.Affects(peer, TunnelState.NoHandshake);
        }

        return draft.Build();
    }
}
