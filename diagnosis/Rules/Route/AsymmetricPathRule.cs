// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: one end routes the other's network into the tunnel; the other end has AllowedIPs for the way back, but a route that somebody made leads the replies
/// over another device, and none leads them into the tunnel.
/// Threshold: both networks were seen, and both ways are what the kernel or the rules say.
/// Traps: direct return by design works, so this is a warning; routing daemons may still learn; a missing route with only a default way is WG-ROUTE-MISSING;
/// meshes without routes into the device; a second
/// gateway of the same network.
/// </summary>
internal sealed class AsymmetricPathRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ASYMMETRIC-PATH", Layer.Route, Severity.Warning, "Replies take another way than requests")
    {
        Precedence = Rules.Precedence.Beyond + 8,
        ExplainedBy = ["WG-RPFILTER-STRICT", "WG-POLICY-RULE-MISSING", "WG-RULE-SHADOWED", "WG-RULE-BLACKHOLE", "WG-ROUTE-SHADOWED", "WG-ROUTE-MISSING", "WG-CIDR-OVERLAP"],
        Explanation = "Requests come through the tunnel and replies leave beside it, in clear text. Connection tracking and reverse path filters on the way see half of each "
            + "connection and may drop it; whether it works depends on them.",
        FalsifiedBy = "`ip route get` for the requesting network names the tunnel at this end, or the direct way back is intended.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead
        from peer in device.Peers
        where peer is { Remote.Link: { Up: true }, Reverse: not null }
        let ways = Ways(device, peer).ToList()
        where ways.Count > 0
        select Build(device, peer, ways);

    // Requests from there come in by the tunnel; what this node answers leaves by a route of its own.
    private static IEnumerable<(IpPrefix Back, RouteFact Route)> Ways(DeviceView device, PeerView peer) =>
        from behind in peer.Remote!.Owned
        where behind.Kind == OwnedKind.LocalNetwork && peer.Covers(behind.Prefix) && !device.HasRouteFor(behind.Prefix)
        where device.Owned.Exists(own => own.Kind == OwnedKind.LocalNetwork && own.Prefix.Family == behind.Prefix.Family && peer.Reverse!.Covers(own.Prefix) && EntersTunnel(peer.Remote!, own.Prefix))
        let route = device.Namespace.Fib.Lookup(PrefixMath.Representative(behind.Prefix))
        where route is { Type: RouteType.Unicast } && RouteConvention.IsStatic(route) && !route.Destination.IsDefault && route.Destination.Length >= behind.Prefix.Length
        where !ServesItself(device, peer, behind.Prefix)
        where route.NextHops.Any(hop => !device.Namespace.IsWireGuard(hop.Link) && hop.Gateway is not null)
        select (behind.Prefix, route);

    // Somebody sends that network here: another gateway of the same site, which reaches it on its own side. Spokes send each other's networks to their hub, and both do.
    private static bool ServesItself(DeviceView device, PeerView peer, IpPrefix behind) => device.HeldBy.Exists(entry => entry.AllowedIps.Contains(behind)
        && !entry.Device.Owned.Exists(own => own.Kind == OwnedKind.LocalNetwork && own.Prefix.Family == behind.Family && peer.Reverse!.Covers(own.Prefix)));

    private static bool EntersTunnel(DeviceView from, IpPrefix to) =>
        from.Namespace.RoutesRead && from.Namespace.Fib.Lookup(PrefixMath.Representative(to)) is { } winner && NamespaceView.LeadsTo(winner, from.Link!.Index);

    private RuleFinding Build(DeviceView device, PeerView peer, List<(IpPrefix Back, RouteFact Route)> ways)
    {
        var (back, route) = ways[0];
        var hop = route.NextHops[0];
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{peer.RemoteName} sends from {back} through the tunnel, but {device.Node.Name} answers by {(hop.Gateway is { } gateway ? $"{gateway} on " : "")}{device.Namespace.LinkName(hop.Link)}.",
            Confidence = 0.85,
            Family = back.Family,
            Entry = peer,
            Prefixes = [.. ways.Select(way => way.Back)],
        };
        draft.Evidence(device, $"ip route get (an address of {back})", $"dev {device.Namespace.LinkName(hop.Link)}", $"dev {device.Name}", "rtnetlink");
        draft.Evidence(peer.Remote!, "ip route get (a network behind this node)", $"dev {peer.Remote!.Name}", null, "rtnetlink");
        var commands = new Mending.NodeCommands(device);
        foreach (var way in ways) draft.Mend(commands.DeleteRoute(way.Route), commands.AddRoute(way.Back));
        return draft.Affects(peer, TunnelState.Degraded).Build();
    }
}
