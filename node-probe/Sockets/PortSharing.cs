// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Sockets;

/// <summary>
/// Finds sockets that would get each other's packets. The kernel does not tell who has set SO_REUSEPORT, but two unconnected sockets with one
/// port, an address in common and the same device can only be there together when all of them have set it, or SO_REUSEADDR.
/// </summary>
internal static class PortSharing
{
    /// <summary>Writes the sharing into each socket, and sorts by port, family and cookie.</summary>
    public static IReadOnlyList<UdpSocketFact> Mark(IReadOnlyList<UdpSocketFact> sockets)
    {
        var ordered = sockets.OrderBy(s => s.LocalPort).ThenBy(s => s.Family).ThenBy(s => s.Cookie).ToList();
        return
        [
            .. ordered.GroupBy(socket => socket.LocalPort).SelectMany(group =>
                group.Select(socket => socket with { SharedWith = [.. group.Where(other => Clash(socket, other)).Select(other => other.Cookie)] })),
        ];
    }

    private static bool Clash(UdpSocketFact one, UdpSocketFact other) =>
        one.Cookie != other.Cookie
        && one.Remote is null && other.Remote is null
        && (one.BoundLink == other.BoundLink || one.BoundLink == 0 || other.BoundLink == 0)
        && (one.Family == other.Family ? Meets(one.Local, other.Local) : one.Family == IpFamily.IPv6 ? Covers(one, other) : Covers(other, one));

    private static bool Meets(IpAddr one, IpAddr other) => one.IsUnspecified || other.IsUnspecified || one == other;

    /// <summary>A socket of IPv6 takes packets of an IPv4 one: bound to all or to the mapped address, and not IPv6 only.</summary>
    private static bool Covers(UdpSocketFact six, UdpSocketFact four) =>
        six.V6Only != true && (six.Local.IsUnspecified || (six.Local.Family == IpFamily.IPv4 && Meets(six.Local, four.Local)));
}
