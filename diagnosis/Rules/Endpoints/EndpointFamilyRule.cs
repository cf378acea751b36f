// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a peer's endpoint is of a family of which the node has no usable address at all outside of tunnels, and the kernel finds no way to it.
/// Threshold: none; the kernel's own lookup refuses.
/// Traps: a dual-stack peer that called over the other family has a living session and another endpoint; a node that has the family and only lacks a route is a
/// matter of routes.
/// </summary>
internal sealed class EndpointFamilyRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-FAMILY", Layer.Address, Severity.Error, "The endpoint is of a family that the node does not have")
    {
        Precedence = Rules.Precedence.Peers + 6,
        StopsHandshake = true,
        Explanation = "The endpoint was resolved or published in one address family, and the node has only the other. The kernel refuses to send; nothing is counted and nothing leaves.",
        FalsifiedBy = "`ip route get <endpoint>` finds a way.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Peers
        .Where(peer => IsForeign(mesh, peer))
        .GroupBy(peer => (peer.Device, peer.Endpoint!.Value.Address.Family))
        .Select(group => Build(group.Key.Device, group.Key.Family, [.. group]));

    private static bool IsForeign(MeshModel mesh, PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint || peer.Device.Link is { Up: false } || peer.Fact.Received.Grew || Session.State(peer, mesh.Thresholds) == SessionState.Fresh) return false;
        var ns = peer.Device.Namespace;
        return peer.Device.Fact.SocketNamespace is null
            && Safe.WasRead(ns.Facts.Addresses)
            && Handshake.HandshakeFindings.EndpointError(peer) is not null
            && !ns.Addresses.Any(own => own.Address.Family == endpoint.Address.Family && !own.Address.IsLoopback && !own.Address.IsLinkLocal && !ns.IsWireGuard(own.Link));
    }

    private RuleFinding Build(DeviceView device, IpFamily family, List<PeerView> peers)
    {
        var other = family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4;
        var wanted = peers.Exists(peer => peer.Fact.PersistentKeepalive > 0 || Drops.Of(peer.Device).Outbound > 0 || Session.Tries(peer));
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has no IPv{(int)family}, but its endpoint for {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)} is of IPv{(int)family} ({peers[0].Endpoint}).",
            Confidence = 0.95,
            Severity = wanted ? Severity.Critical : Descriptor.Severity,
            Entry = peers.Count == 1 ? peers[0] : null,
            Family = family,
        };
        foreach (var peer in peers)
        {
            draft.Evidence(device, $"ip route get {peer.Endpoint!.Value.Address}", Handshake.HandshakeFindings.EndpointError(peer)!, "a way", "rtnetlink");
            draft.Affects(peer, TunnelState.NoHandshake);
            var there = peer.Remote is null ? [] : Outer.Addresses(peer.Remote, other).Take(2).ToList();
            if (there.Count == 1 && peer.Remote!.Fact.ListenPort != 0)
                draft.Mend(new NodeCommands(device).PeerEndpoint(peer.Key, new IpEndpoint(there[0].Address, peer.Remote.Fact.ListenPort), peer.Endpoint));
        }

        return draft.Build();
    }
}
