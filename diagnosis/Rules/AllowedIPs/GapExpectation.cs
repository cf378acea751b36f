// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Decides whether an entry ought to have a prefix that lies behind its peer. Not everything behind a node is meant for the tunnel
/// (docker networks, a second LAN, networks that only the administrator may reach), so a route into the device is not enough:
/// the other nodes, a route made for this prefix alone, or the way back must say the same.
/// </summary>
internal static class GapExpectation
{
    /// <summary>How sure, and why; null when nothing says that the entry should have it.</summary>
    public static (double Confidence, string Because)? For(PeerView entry, OwnedPrefix owned)
    {
        var holder = entry.Device;
        var others = entry.Remote!.HeldBy.Count - 1;
        var route = holder.CoveringRoute(owned.Prefix);
        var agreed = owned.Holders > 0 && owned.Holders * 3 >= others * 2;
        if (route is null) return agreed && IsRefused(entry) ? (0.85, $"{owned.Holders} of {others} other nodes have it") : null;

        var nothing = CoversNone(entry, owned.Prefix.Family, kind: null);
        if (agreed && (nothing || IsDedicated(holder, entry, route))) return (0.96, $"{owned.Holders} of {others} other nodes have it");
        if (agreed && owned.Holders >= 2) return (0.8, $"{owned.Holders} of {others} other nodes have it");
        if (owned.Kind == OwnedKind.LocalNetwork && IsDedicated(holder, entry, route)) return (0.9, $"{holder.Node.Name} routes {route.Destination} into {holder.Name} for it alone");
        if (!entry.AllowedIps.Any(prefix => prefix.Family == owned.Prefix.Family) && Mirrors(entry, owned.Prefix.Family, kind: null))
            return (0.88, "the other side has the counterpart");
        return owned.Kind == OwnedKind.LocalNetwork
            && CoversNone(entry, owned.Prefix.Family, OwnedKind.LocalNetwork)
            && Mirrors(entry, owned.Prefix.Family, OwnedKind.LocalNetwork)
            && IsClusterRoute(holder, route)
                ? (0.85, $"{route.Destination} is the network of both sides, and the other side has the counterpart")
                : null;
    }

    private static bool CoversNone(PeerView entry, IpFamily family, OwnedKind? kind) => !entry.Remote!.Owned
        .Any(owned => owned.Prefix.Family == family && (kind is null || owned.Kind == kind) && entry.Covers(owned.Prefix));

    /// <summary>The far side has for this node what this node lacks for it.</summary>
    private static bool Mirrors(PeerView entry, IpFamily family, OwnedKind? kind) => entry.Device.Owned
        .Any(owned => owned.Prefix.Family == family && (kind is null || owned.Kind == kind) && entry.Reverse!.Covers(owned.Prefix));

    /// <summary>A route that somebody made for this peer's network and nothing else.</summary>
    private static bool IsDedicated(DeviceView holder, PeerView entry, RouteFact route) =>
        !route.Destination.IsDefault
        && RouteConvention.IsStatic(route)
        && !holder.Owned.Any(own => own.Prefix.Overlaps(route.Destination))
        && !holder.Cryptokey.Inside(route.Destination).Any(other => other.Peer != entry && other.Peer.KeyIsKnown);

    /// <summary>One route for the network of which this node's own networks are a part.</summary>
    private static bool IsClusterRoute(DeviceView holder, RouteFact route) =>
        !route.Destination.IsDefault
        && RouteConvention.IsStatic(route)
        && holder.Owned.Any(own => own.Kind == OwnedKind.LocalNetwork && route.Destination.Contains(own.Prefix));

    /// <summary>The peer sends data, and this device refuses inner sources.</summary>
    private static bool IsRefused(PeerView entry) =>
        Drops.Of(entry.Device).Inbound >= 2 && Traffic.IsData(entry.Reverse!.Fact.Sent, entry.Reverse);
}
