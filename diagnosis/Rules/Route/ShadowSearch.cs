// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>A route that wins over the device's own.</summary>
/// <param name="Peer">Whose traffic it takes.</param>
/// <param name="Target">The network behind the peer, as far as it is meant for the tunnel.</param>
/// <param name="Winner">The route that wins.</param>
/// <param name="Beaten">The device's route.</param>
/// <param name="Confidence">0 to 1.</param>
internal sealed record Shadow(PeerView Peer, IpPrefix Target, RouteFact Winner, RouteFact Beaten, double Confidence);

/// <summary>Looks for routes that take packets away from a device although it has a route for them.</summary>
internal static class ShadowSearch
{
    /// <summary>Addresses asked per network; a node with more stray routes than this shows enough of them.</summary>
    private const int PointLimit = 128;

    private static readonly Thresholds Usual = new();

    public static IEnumerable<Shadow> Find(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead
        let strays = Strays(device)
        where strays.Count > 0
        from peer in device.Peers
        from prefix in peer.AllowedIps
        where PrefixMath.IsRoutable(prefix) && strays.Overlaps(prefix)
        from target in Targets(peer, prefix)
        where strays.Overlaps(target)
        from shadow in At(peer, prefix, target)
        select shadow;

    // Nodes without a route that could take anything, which is nearly all of them, need no further look.
    private static PrefixTable<RouteFact> Strays(DeviceView device) => new(device.Namespace.Routes
        .Where(route => !route.Destination.IsDefault && !route.OtherSelectors && Takes(device, route))
        .Select(route => KeyValuePair.Create(route.Destination, route)));

    // Only what really lies behind the peer: a wide prefix in AllowedIPs may hold networks that belong elsewhere.
    private static List<IpPrefix> Targets(PeerView peer, IpPrefix prefix) => peer.Remote is { } remote
        ? PrefixMath.WithoutNested(remote.Owned.Select(owned => PrefixMath.Intersect(owned.Prefix, prefix)).OfType<IpPrefix>())
        : [prefix];

    private static IEnumerable<Shadow> At(PeerView peer, IpPrefix prefix, IpPrefix target)
    {
        var device = peer.Device;
        if (device.CoveringRoute(target) is not { } beaten) yield break;
        var fib = device.Namespace.Fib;
        var inside = fib.Reachable(target).Where(route => route.Destination != target && target.Contains(route.Destination))
            .Select(route => PrefixMath.Representative(route.Destination));
        foreach (var winner in inside.Prepend(PrefixMath.Representative(target)).Take(PointLimit)
            .Select(fib.Lookup).OfType<RouteFact>().Distinct())
        {
            if (!Takes(device, winner) || KernelSaysOtherwise(device, prefix, winner)) continue;
            if (Confidence(peer, target, winner, beaten) is { } confidence) yield return new Shadow(peer, target, winner, beaten, confidence);
        }
    }

    private static double? Confidence(PeerView peer, IpPrefix target, RouteFact winner, RouteFact beaten)
    {
        // The same prefix with a better metric is how a tunnel is made the backup of a line; then the other end prefers the line too.
        var sameMetricGame = winner.Destination == beaten.Destination;
        // What this tunnel would carry, were it not for the dead one.
        if (winner.NextHops.Any(hop => peer.Device.Namespace.IsWireGuard(hop.Link))) return !sameMetricGame && peer.Reverse is not null && Session.State(peer, Usual) == SessionState.Fresh ? 0.85 : null;
        if (peer.Reverse is not { } reverse)
            return peer.Remote is null && !sameMetricGame && winner.Destination.Contains(target) ? 0.6 : null;
        if (!sameMetricGame) return 0.94;
        return reverse.AllowedIps.Any(prefix => prefix.Family == target.Family && IsBackup(reverse.Device, prefix)) ? null : 0.85;
    }

    // The device has a route for it, and another one is preferred.
    private static bool IsBackup(DeviceView device, IpPrefix prefix) =>
        device.HasRouteFor(prefix)
        && device.Namespace.Fib.Lookup(PrefixMath.Representative(prefix)) is { } winner
        && !NamespaceView.LeadsTo(winner, device.Link!.Index);

    // What somebody added by hand or by DHCP: not connected networks, not local pods, not other tunnels, not routing daemons.
    private static bool Takes(DeviceView device, RouteFact route)
    {
        const byte Kernel = 2;
        var ns = device.Namespace;
        if (NamespaceView.LeadsTo(route, device.Link!.Index) || route.Protocol == Kernel || route.Table == PolicyRules.LocalTable) return false;
        if (route.Type is RouteType.Blackhole or RouteType.Unreachable or RouteType.Prohibit) return RouteConvention.IsStatic(route);
        return route.Type == RouteType.Unicast
            && RouteConvention.IsStatic(route)
            && route.NextHops.Any(hop => !hop.Dead && (ns.IsWireGuard(hop.Link) ? IsDeadTunnel(ns, hop.Link, route.Destination) : hop.Gateway is not null || ns.UnderlayLinks.Contains(hop.Link)));
    }

    // Another tunnel that carries nothing: nobody owns what is sent into it, or the one who does never had a session, and it is tried in vain.
    private static bool IsDeadTunnel(NamespaceView ns, int link, IpPrefix destination) =>
        ns.Devices.Find(other => other.Link?.Index == link) is { Link.Up: true } device
        && (device.Cryptokey.Owner(destination) is not var (_, owner) || (Session.State(owner, Usual) == SessionState.Never && Session.Tries(owner)));

    private static bool KernelSaysOtherwise(DeviceView device, IpPrefix prefix, RouteFact winner) =>
        device.Namespace.Lookups.ForPrefix(device, prefix) is { Type: RouteType.Unicast } lookup
        && lookup.Link == device.Link!.Index
        && winner.Destination.Contains(lookup.Destination);
}
