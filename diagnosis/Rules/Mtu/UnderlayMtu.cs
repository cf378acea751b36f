// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>What the way to an endpoint carries, by the kernel's own route lookup.</summary>
internal static class UnderlayMtu
{
    /// <summary>20 or 40 IP, 8 UDP, 16 data header, 16 tag (WireGuard paper, section 5.4.6).</summary>
    private const int Overhead4 = 60;
    private const int Overhead6 = 80;

    /// <summary>No IPv4 link is smaller (RFC 791); a smaller number is a damaged fact.</summary>
    private const int SmallestMtu = 68;

    public static int Overhead(IpFamily family) => family == IpFamily.IPv4 ? Overhead4 : Overhead6;

    /// <summary>MTU of the link and route to the peer's endpoint; null when it is not known or no real link.</summary>
    public static int? Of(DeviceView device, PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint) return null;
        var ns = device.Namespace;
        if (ns.Lookups.ForEndpoint(device, endpoint.Address) is not { Type: RouteType.Unicast, Link: { } index } lookup || ns.IsWireGuard(index)) return null;
        if (ns.LinkByIndex(index) is not { Loopback: false, Mtu: > SmallestMtu } link) return null;
        return lookup.Mtu is > SmallestMtu and var own ? Math.Min(own, link.Mtu) : link.Mtu;
    }

    /// <summary>The largest inner packet that needs no fragments; null when it is not known.</summary>
    public static int? Limit(DeviceView device, PeerView peer) => Of(device, peer) - Overhead(peer.Endpoint?.Address.Family ?? IpFamily.IPv4);
}
