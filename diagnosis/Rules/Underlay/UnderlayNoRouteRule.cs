// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Underlay;

/// <summary>
/// Signal: the kernel has no route to a peer's endpoint, asked with the device's mark.
/// Threshold: the node has an address of that family to send from. A warning where nobody wants to use the tunnel.
/// Traps: the lookup must carry the mark; an endpoint of a family that the node does not have is another finding; a device that is down says nothing about its underlay.
/// </summary>
internal sealed class UnderlayNoRouteRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-UNDERLAY-NO-ROUTE", Layer.Route, Severity.Critical, "No route to the peers' endpoints")
    {
        Precedence = Rules.Precedence.Underlay + 3,
        StopsHandshake = true,
        ExplainedBy = ["WG-IPV6-RA-LOST"],
        Explanation = "WireGuard sends its encrypted packets by ordinary routing. Without a route to the endpoint they end on this node (ENETUNREACH); the peer sees nothing, and "
            + "the peer's own packets may still arrive and get no answer.",
        FalsifiedBy = "`ip route get <endpoint> mark <device's mark>` answers with a device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && Safe.WasRead(device.Namespace.Facts.Addresses)
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        where HasUplinkAddress(device, family)
        let lost = device.Peers.Where(peer => peer.Endpoint is { } endpoint && endpoint.Address.Family == family && !endpoint.Address.IsLinkLocal && (HasNoRoute(device, endpoint.Address) || Refusal(device, peer) is not null)).ToList()
        where lost.Count > 0
        select Build(mesh, device, family, lost);

    private static bool HasUplinkAddress(DeviceView device, IpFamily family) => device.Namespace.Addresses.Any(address =>
        address.Address.Family == family && !address.Address.IsLinkLocal && !address.Address.IsLoopback && !address.Unusable
        && !device.Namespace.IsWireGuard(address.Link) && device.Namespace.LinkByIndex(address.Link) is { Loopback: false, Kind: null or "vlan" or "bond" or "bridge" or "veth" or "macvlan" or "ipvlan" });

    private static bool HasNoRoute(DeviceView device, IpAddr address) => device.Namespace.Lookups.ForEndpoint(device, address) is { } lookup
        && (lookup.Error is "ENETUNREACH" or "EHOSTUNREACH" or "EACCES" or "EINVAL" || (lookup.Error is null && lookup.Type is RouteType.Unreachable or RouteType.Blackhole or RouteType.Prohibit));

    // A rule may look at the port or the protocol, which only a packet has: the walk asked for one.
    private static WalkFact? Refusal(DeviceView device, PeerView peer) => Blockades.WalksOf(device).FirstOrDefault(walk =>
        walk is { Purpose: WalkPurpose.OuterOut, Result: WalkResult.Dropped, Stop: { Rule: null, Place: null, Kind: WalkStopKind.NoRoute or WalkStopKind.Blackhole or WalkStopKind.Unreachable or WalkStopKind.Prohibit } }
        && Safe.List(walk.Peers).Contains(peer.Key));

    private RuleFinding Build(MeshModel mesh, DeviceView device, IpFamily family, List<PeerView> lost)
    {
        var wanted = lost.Exists(peer => Session.Tries(peer) || peer.Reverse is not null || Session.State(peer, mesh.Thresholds) == SessionState.Fresh);
        var ip = family == IpFamily.IPv6 ? "ip -6" : "ip";
        var mark = device.Fact.FirewallMark == 0 ? "" : $" mark 0x{device.Fact.FirewallMark:x}";
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has no route to the endpoints of {DisplayText.Join(lost.Select(peer => peer.RemoteName), 3)} ({DisplayText.Join(lost.Select(peer => peer.Endpoint!.Value.Address).Distinct(), 2)}); its encrypted packets never leave.",
            Confidence = wanted ? 0.95 : 0.8,
            Severity = wanted ? Descriptor.Severity : Severity.Warning,
            Family = family,
            Entry = lost.Count == 1 ? lost[0] : null,
        };
        foreach (var peer in lost.Take(4))
        {
            if (!HasNoRoute(device, peer.Endpoint!.Value.Address) && Refusal(device, peer) is { } walk)
            {
                draft.Evidence(device, FilterText.Packet(walk), DisplayText.Detail(walk.Stop!.What), "a device", "packet walk");
                continue;
            }

            var lookup = device.Namespace.Lookups.ForEndpoint(device, peer.Endpoint!.Value.Address)!;
            draft.Evidence(device, $"{ip} route get {lookup.Destination}{mark}", lookup.Error is { } error ? DisplayText.Name(error) : lookup.Type.ToString(), "a device", "rtnetlink");
        }

        if (!device.Namespace.Routes.Any(route => route.Destination.IsDefault && route.Destination.Family == family && route.Type == RouteType.Unicast))
            draft.Evidence(device, $"{ip} route show default", "no default route", null, "rtnetlink");
        foreach (var peer in lost) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        return draft.Build();
    }
}
