// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>The way of a packet through one network namespace, in the kernel's order.</summary>
internal sealed class NamespaceWalk(WalkNamespace space, WalkLog log, WalkFilters filters)
{
    private readonly FilterStage _filters = new(space, log, filters.Of(space));
    private readonly RoutingStage _routing = new(space, log);
    private readonly ForwardingStage _forwarding = new(space, log);

    /// <summary>A packet that is made here: routing, output, postrouting.</summary>
    public WalkEnd FromHere(FilterPacket packet, bool sourceChosen = true)
    {
        if (_routing.Run(packet, null, sourceChosen) is not { } route) return WalkEnd.Dropped;
        if (!sourceChosen && route.Source is { } source) packet = packet with { Source = source };
        var sent = _filters.Run(NetfilterHook.Output, WalkStage.Output, packet with { Input = null, Output = Device(route.Link) });
        if (sent is null) return WalkEnd.Dropped;
        // ip_route_me_harder: a new mark or destination means a new route.
        if ((sent.Destination != packet.Destination || sent.Mark != packet.Mark) && _routing.Run(sent, null) is { } again) route = again;
        return Leave(sent, route, forwarded: false);
    }

    /// <summary>A packet that comes in by a device: prerouting, routing, then input, or forward and postrouting.</summary>
    public WalkEnd FromDevice(FilterPacket packet, LinkFact input, string bridgePort = "", bool evenIfOff = false)
    {
        if (_filters.Run(NetfilterHook.Ingress, WalkStage.Prerouting, packet with { Input = Device(input.Index), Output = null }, NetfilterFamily.Netdev) is not { } taken) return WalkEnd.Dropped;
        if (!_filters.PassesBridge([NetfilterHook.Prerouting, NetfilterHook.Input], WalkStage.Prerouting, taken, Ports(input.Index, into: true))) return WalkEnd.Dropped;
        var entered = _filters.Run(
            NetfilterHook.Prerouting, WalkStage.Prerouting, taken with { Input = Device(input.Index), Output = null, BridgeInput = bridgePort });
        if (entered is null) return WalkEnd.Dropped;
        // What came over the loopback device was routed when it was sent, and is not routed again (skb_valid_dst in ip_rcv_finish).
        if (input.Loopback) return Deliver(entered);
        // Where IPv4 forwarding is off the kernel answers no question about a packet from a device; one that is made here goes the same way but for rules about devices.
        if (_routing.Run(entered, evenIfOff ? null : input.Index, sourceChosen: !evenIfOff) is not { } route) return WalkEnd.Dropped;
        if (route.Type is RouteType.Local or RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast) return Deliver(entered);
        if (!evenIfOff && !_forwarding.Pass(entered, input)) return WalkEnd.Dropped;
        var forwarded = _filters.Run(NetfilterHook.Forward, WalkStage.Forward, entered with { Output = Device(route.Link) });
        return forwarded is null ? WalkEnd.Dropped : Leave(forwarded, route, forwarded: true);
    }

    private WalkEnd Deliver(FilterPacket packet)
    {
        if (_filters.Run(NetfilterHook.Input, WalkStage.Input, packet) is not { } delivered) return WalkEnd.Dropped;
        log.Note(space, WalkStage.Handover, WalkOutcome.Delivered, $"given to whatever listens at {packet.Destination}");
        return new WalkEnd(WalkOutcome.Delivered, delivered);
    }

    private WalkEnd Leave(FilterPacket packet, RoutingAnswer route, bool forwarded)
    {
        if (route.Link is not { } link) return WalkEnd.Undetermined;
        if (!_forwarding.Fits(packet, route, forwarded)) return WalkEnd.Dropped;
        var leaving = _filters.Run(NetfilterHook.Postrouting, WalkStage.Postrouting, packet with { Output = Device(link) });
        if (leaving is null || !_filters.PassesBridge([NetfilterHook.Output, NetfilterHook.Postrouting], WalkStage.Postrouting, leaving, Ports(link, into: false))) return WalkEnd.Dropped;
        leaving = _filters.Run(NetfilterHook.Egress, WalkStage.Postrouting, leaving with { Output = Device(link) }, NetfilterFamily.Netdev);
        return leaving is null ? WalkEnd.Dropped : new WalkEnd(WalkOutcome.Passed, leaving, link, route.Gateway ?? leaving.Destination);
    }

    // What comes in by a bridge came in by one of its ports, and what leaves by it leaves by one.
    private IReadOnlyList<Func<FilterPacket, FilterPacket>> Ports(int device, bool into) => space.Link(device) is not { Kind: "bridge" } ? [] :
    [
        .. (space.Facts.Links.Value ?? []).Where(port => port.Master == device && port.Up).Select(port => Device(port.Index)).OfType<PacketInterface>()
            .Select(port => (Func<FilterPacket, FilterPacket>)(packet => into ? packet with { Input = port, Output = null } : packet with { Input = null, Output = port })),
    ];

    private PacketInterface? Device(int? index) => index is { } known ? WalkEnvironment.InterfaceOf(space, known) : null;
}
