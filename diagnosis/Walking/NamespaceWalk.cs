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
    public WalkEnd FromDevice(FilterPacket packet, LinkFact input, string bridgePort = "")
    {
        var entered = _filters.Run(
            NetfilterHook.Prerouting, WalkStage.Prerouting, packet with { Input = Device(input.Index), Output = null, BridgeInput = bridgePort });
        if (entered is null) return WalkEnd.Dropped;
        // What came over the loopback device was routed when it was sent, and is not routed again (skb_valid_dst in ip_rcv_finish).
        if (input.Loopback) return Deliver(entered);
        if (_routing.Run(entered, input.Index) is not { } route) return WalkEnd.Dropped;
        if (route.Type is RouteType.Local or RouteType.Broadcast or RouteType.Multicast or RouteType.Anycast) return Deliver(entered);
        if (!_forwarding.Pass(entered, input)) return WalkEnd.Dropped;
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
        return leaving is null ? WalkEnd.Dropped : new WalkEnd(WalkOutcome.Passed, leaving, link, route.Gateway ?? leaving.Destination);
    }

    private PacketInterface? Device(int? index) => index is { } known ? WalkEnvironment.InterfaceOf(space, known) : null;
}
