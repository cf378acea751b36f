// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>Tells a peer that takes packets further from one that only got a prefix by mistake.</summary>
internal static class Relay
{
    /// <summary>True when the peer was observed and has the prefix itself, or is on the way to it: a second home, a hub.</summary>
    public static bool MayCarry(DeviceView sender, PeerView entry, IpPrefix prefix) => entry.Remote is { } remote
        && (remote.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(prefix))
            || remote.Owned.Exists(own => own.Prefix.Overlaps(prefix))
            || HasWay(remote, prefix)
            || (remote.Cryptokey.Owner(prefix) is { } onward && SendsOn(sender, remote, onward.Peer, prefix)));

    // A router in its LAN leads there: two gateways of one site share what lies behind them.
    private static bool HasWay(DeviceView remote, IpPrefix prefix) =>
        remote.Namespace.Fib.Lookup(PrefixMath.Representative(prefix)) is { Type: RouteType.Unicast } route
        && !route.Destination.IsDefault
        && route.Destination.Length + 8 >= prefix.Length
        && !route.NextHops.Any(hop => remote.Namespace.IsWireGuard(hop.Link) || remote.Namespace.UnderlayLinks.Contains(hop.Link));

    // In a full mesh everyone could send everything on, but the next node takes the sender's packets from the sender alone. Behind a relay it
    // takes them from the relay; what was not observed may.
    private static bool SendsOn(DeviceView sender, DeviceView relay, PeerView onward, IpPrefix prefix) => onward.Remote is not { } next
        || sender.Owned.Where(own => own.Prefix.Family == prefix.Family)
            .Any(own => next.Cryptokey.Owner(own.Prefix) is { } accepted && accepted.Peer.Remote == relay);
}
