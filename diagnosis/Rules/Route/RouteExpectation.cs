// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Decides whether an AllowedIPs prefix ought to be routed into its device. WireGuard itself never adds a route, so somebody else must show
/// that one is wanted: the far end routes back, the other nodes route there, or this device's other prefixes are routed.
/// </summary>
internal sealed class RouteExpectation
{
    private const int Sample = 16;

    private readonly Dictionary<DeviceView, RouteUse> _uses;
    private readonly HashSet<(int Mesh, IpFamily Family)> _routedMeshes = [];

    public RouteExpectation(MeshModel mesh)
    {
        _uses = mesh.Devices.ToDictionary(device => device, device => new RouteUse(device));
        foreach (var device in mesh.Devices)
        {
            foreach (var family in new[] { IpFamily.IPv4, IpFamily.IPv6 })
            {
                if (device.RoutesInto(family).Any()) _routedMeshes.Add((device.MeshId, family));
            }
        }
    }

    /// <summary>False for meshes in which no device has any route: BPF or something else moves the packets.</summary>
    public bool IsRoutedMesh(DeviceView device, IpFamily family) => _routedMeshes.Contains((device.MeshId, family));

    public bool Leads(DeviceView device, IpPrefix prefix) => _uses[device].Leads(prefix);

    /// <summary>How sure a route is wanted, and why; null when nothing says so.</summary>
    public (double Confidence, string Because)? For(PeerView peer, IpPrefix prefix)
    {
        var (asked, agree) = OtherNodes(peer, prefix);
        if (peer.Remote is not { } remote) return agree > 0 ? (0.8, $"{agree} other nodes route it") : Alone(peer, prefix);
        if (!remote.Owned.Exists(owned => owned.Prefix.Overlaps(prefix)))
            return agree >= 2 && agree * 3 >= asked * 2 ? (0.8, $"{agree} of {asked} other nodes route it") : null;
        if (peer.Reverse is { } reverse && reverse.AllowedIps.Any(back => back.Family == prefix.Family && !back.IsDefault && Leads(remote, back)))
            return (0.96, $"{remote.Node.Name} routes the way back");
        if (agree > 0) return (0.93, $"{agree} of {asked} other nodes route it");
        return _uses[peer.Device].HasStatic(prefix.Family) && OwnRouted(peer, prefix) > 0 ? (0.85, "other prefixes of the device are routed") : null;
    }

    /// <summary>
    /// True when a node other than the peer's own has a route into the tunnel that covers the prefix, or the peer's own node has one
    /// for the whole mesh.
    /// </summary>
    public bool IsRoutedElsewhere(PeerView peer, IpPrefix prefix) =>
        OtherNodes(peer, prefix).Agree > 0
        || (peer.Remote is { } remote && remote.RoutesInto(prefix.Family).Any(route => !route.Destination.IsDefault && route.Destination.Contains(prefix)));

    private (int Asked, int Agree) OtherNodes(PeerView peer, IpPrefix prefix)
    {
        var holders = (peer.Remote?.HeldBy ?? []).Where(other => other != peer && !other.IsCounted && other.Covers(prefix)).Take(Sample).ToList();
        return (holders.Count, holders.Count(other => Leads(other.Device, prefix)));
    }

    // One host only: its other prefixes must be routed by hand, at least half of them, and this one left to the default route.
    private (double Confidence, string Because)? Alone(PeerView peer, IpPrefix prefix)
    {
        var device = peer.Device;
        if (!_uses[device].HasStatic(prefix.Family) || device.RoutesInto(prefix.Family).Any(route => !RouteConvention.IsStatic(route) && route.Protocol != 2)) return null;
        var all = device.Peers.Sum(other => other.AllowedIps.Count(own => own.Family == prefix.Family && !own.IsDefault));
        return OwnRouted(peer, prefix) * 2 >= all ? (0.6, "most other prefixes of the device are routed") : null;
    }

    private int OwnRouted(PeerView peer, IpPrefix prefix) => peer.Device.Peers
        .SelectMany(other => other.AllowedIps)
        .Count(own => own != prefix && own.Family == prefix.Family && !own.IsDefault && Leads(peer.Device, own));

    /// <summary>
    /// True when the prefix has a way of its own that somebody chose: as narrow as the prefix or narrower, over a gateway, another tunnel or
    /// to nowhere. A default or a wide route is no such choice.
    /// </summary>
    public static bool HasOtherWay(DeviceView device, IpPrefix prefix) =>
        device.Namespace.LocalNetworks.Exists(local => local.Prefix.Overlaps(prefix))
        || (device.Namespace.Fib.Lookup(PrefixMath.Representative(prefix)) is { } winner
            && winner.Type is not (RouteType.Local or RouteType.Broadcast)
            && winner.Destination.Length >= prefix.Length);
}
