// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Paths;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking.Samples;

namespace KubeWgDiag.Diagnosis.Walking.Paths;

/// <summary>Takes a packet from namespace to namespace of this node, until it arrives, ends, or leaves the node.</summary>
internal sealed class PathLegs(IReadOnlyList<WalkNamespace> spaces, WalkFilters filters, RuleFacts rules, DateTimeOffset? now)
{
    /// <summary>More namespaces than any real way has; an end to circles.</summary>
    private const int MaxLegs = 12;

    private readonly NamespaceLinks _links = new(spaces);

    /// <summary>A packet that is made in a namespace.</summary>
    public PathTrail FromHere(WalkNamespace space, FilterPacket packet)
    {
        var trail = new PathTrail();
        Follow(trail, space, packet, Leg(trail, KindOf(space), space, packet, walk => walk.FromHere(packet)));
        return trail;
    }

    /// <summary>A packet that comes in by an ordinary device of a namespace.</summary>
    public PathTrail FromDevice(WalkNamespace space, LinkFact input, FilterPacket packet)
    {
        var trail = new PathTrail();
        Follow(trail, space, packet, Leg(trail, KindOf(space), space, packet, walk => walk.FromDevice(packet, input)));
        return trail;
    }

    /// <summary>A packet that comes in by a tunnel: the encrypted one first, then what is in it.</summary>
    public PathTrail FromTunnel(WalkNamespace space, LinkFact input, WireGuardDeviceFact device, FilterPacket packet)
    {
        var trail = new PathTrail();
        var owner = TunnelStage.Owner(device, packet.Source);
        trail.Tunnel = new PathTunnelFact(device.Name, owner?.Peer.PublicKey, owner?.Prefix, input.Mtu);
        if (owner is not var (peer, prefix))
        {
            trail.End(PathStepKind.Decryption, device.Name, WalkStopKind.NoPeer, $"no peer of {device.Name} has {packet.Source} in its AllowedIPs, so what it sends from there is dropped");
            return trail;
        }

        if (!Outer(trail, space, device, peer)) return trail;
        trail.Add(PathStepKind.Decryption, device.Name, WalkResult.Passed, $"AllowedIPs {prefix} let the source in");
        Follow(trail, space, packet, Leg(trail, KindOf(space), space, packet, walk => walk.FromDevice(packet, input)));
        return trail;
    }

    private PathStepKind KindOf(WalkNamespace space) => ReferenceEquals(space, spaces[0]) ? PathStepKind.Node : PathStepKind.Pod;

    private void Follow(PathTrail trail, WalkNamespace space, FilterPacket sent, WalkEnd end)
    {
        var connection = sent.Conntrack;
        for (var leg = 1; end is { Outcome: WalkOutcome.Passed, Packet: { } packet }; leg++)
        {
            if (leg == MaxLegs)
            {
                trail.Add(KindOf(space), space.Name, WalkResult.Undetermined, "it goes round in circles");
                return;
            }

            if (space.Link(end.Link) is not { } device) return;
            if (space.WireGuard(device.Name) is { } tunnel)
            {
                Encrypt(trail, space, device, tunnel, packet);
                return;
            }

            if (Next(space, device, end) is not var (next, input, port))
            {
                Left(trail, space, device, end);
                return;
            }

            // Mark and connection of one namespace are not seen in the next one (skb_scrub_packet); over the loopback device it stays where it is.
            var entering = ReferenceEquals(next, space) ? packet : packet with { Mark = 0, Conntrack = connection };
            space = next;
            end = Leg(trail, KindOf(space), space, entering, walk => walk.FromDevice(entering, input, port));
        }

        if (end.Outcome == WalkOutcome.Delivered) trail.Delivered = space;
    }

    private (WalkNamespace Space, LinkFact Input, string Port)? Next(WalkNamespace space, LinkFact device, WalkEnd end)
    {
        if (device.Loopback) return (space, device, "");
        if (_links.OtherEnd(space, device) is var (next, far))
        {
            var input = NamespaceLinks.InputOf(next, far);
            return (next, input, ReferenceEquals(input, far) ? "" : far.Name);
        }

        return _links.BehindBridge(space, device, end.NextHop) is var (behind, inner, _) ? (behind, inner, "") : null;
    }

    private void Left(PathTrail trail, WalkNamespace space, LinkFact device, WalkEnd end)
    {
        // Behind these is a pod of this node, whose namespace could not be entered.
        if (device.Kind is "veth" or "bridge")
        {
            trail.Add(PathStepKind.Pod, device.Name, WalkResult.Undetermined, $"the network namespace behind {device.Name} was not read");
            return;
        }

        trail.NextHop = end.NextHop;
        trail.Add(KindOf(space), space.Name, WalkResult.Passed, $"leaves by {device.Name} to {end.NextHop}");
    }

    private void Encrypt(PathTrail trail, WalkNamespace space, LinkFact link, WireGuardDeviceFact device, FilterPacket packet)
    {
        var log = new WalkLog();
        var outer = new TunnelStage(space, log, now).Encapsulate(device, packet);
        var owner = TunnelStage.Owner(device, packet.Destination);
        trail.Tunnel = new PathTunnelFact(device.Name, owner?.Peer.PublicKey, owner?.Prefix, link.Mtu);
        if (outer is null)
        {
            trail.End(PathStepKind.Encryption, device.Name, log.Decisions[^1].Kind, log.Decisions[^1].What);
            return;
        }

        trail.Add(PathStepKind.Encryption, device.Name, WalkResult.Passed, $"AllowedIPs {owner!.Value.Prefix} lead to the peer at {owner.Value.Peer.Endpoint}");
        var at = SocketSpace(space, device);
        if (at is null)
        {
            trail.Add(PathStepKind.OuterOut, device.Name, WalkResult.Undetermined, "the network namespace of its socket was not read");
            return;
        }

        var end = Leg(trail, PathStepKind.OuterOut, at, outer, walk => walk.FromHere(outer, sourceChosen: false));
        if (end.Outcome != WalkOutcome.Passed || at.Link(end.Link) is not { } uplink) return;
        if (at.WireGuard(uplink.Name) is not null)
            trail.End(PathStepKind.OuterOut, at.Name, WalkStopKind.Other, $"the encrypted packet is led into the tunnel {uplink.Name} instead of the underlay");
        var mtu = at.Routes.Ask(new RoutingQuestion(outer.Destination, Mark: device.FirewallMark))?.Mtu ?? uplink.Mtu;
        trail.Tunnel = trail.Tunnel with { OuterMtu = mtu, OuterFamily = outer.Family };
    }

    // False when the encrypted packet ends before WireGuard sees it.
    private bool Outer(PathTrail trail, WalkNamespace space, WireGuardDeviceFact device, WireGuardPeerFact peer)
    {
        if (peer.Endpoint is not { } endpoint || device.ListenPort == 0 || endpoint.Address.IsLinkLocal || SocketSpace(space, device) is not { } at) return true;
        var way = at.Routes.Ask(new RoutingQuestion(endpoint.Address, Mark: device.FirewallMark, Protocol: 17));
        if (way is not { Error: null, Link: { } index, Source: { } source } || at.Link(index) is not { } uplink || at.WireGuard(uplink.Name) is not null) return true;
        var state = TunnelStage.IsAlive(peer, now) ? WalkState.Established : WalkState.New;
        var coming = SamplePacket.Outer(endpoint, new Net.IpEndpoint(source, device.ListenPort), state);
        return Leg(trail, PathStepKind.OuterIn, at, coming, walk => walk.FromDevice(coming, uplink)).Outcome == WalkOutcome.Delivered;
    }

    private WalkNamespace? SocketSpace(WalkNamespace space, WireGuardDeviceFact device) =>
        device.SocketNamespace is not { } id || id == space.Facts.Id ? space : spaces.FirstOrDefault(other => other.Facts.Id == id);

    private WalkEnd Leg(PathTrail trail, PathStepKind kind, WalkNamespace space, FilterPacket packet, Func<NamespaceWalk, WalkEnd> walk)
    {
        var log = new WalkLog();
        var end = walk(new NamespaceWalk(space, log, filters));
        var outcome = SampleOutcome.Of(space, packet, end, log, space.Link(end.Link)?.Name, expected: true, rules);
        // The way is told by its routes: which device, by which table.
        var routed = log.Steps.LastOrDefault(step => step.Stage == WalkStage.Routing) ?? (log.Steps is [.., var last] ? last : null);
        trail.Add(kind, space.Name, outcome, routed?.What ?? "passes");
        return end;
    }
}
