// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Layouts;

/// <summary>VPNs as people build them by hand: sites with a router between, and spokes behind NAT that call a hub.</summary>
internal static class RoutedLayouts
{
    private const string Device = "wg0";
    private const string LanDevice = "lan0";
    private const int Port = 51820;
    private const int Mtu = 1420;
    private const int Keepalive = 25;

    public static LayoutPlan Sites(Family family) => new()
    {
        Layout = Layouts.Sites,
        Family = family,
        RouterForwards = true,
        Router = [.. new[] { 1, 2 }.Select(n => RouterAddress(family, n, SitesOuter))],
        Nodes =
        [
            Node(family, 1, SitesOuter, [new PeerPlan(2, Owned(family, 2), Endpoint(family, SitesOuter(family, 2)), 0)], [2]),
            Node(family, 2, SitesOuter, [new PeerPlan(1, Owned(family, 1), Endpoint(family, SitesOuter(family, 1)), 0)], [1]),
        ],
    };

    public static LayoutPlan Hub(Family family) => new()
    {
        Layout = Layouts.Hub,
        Family = family,
        RouterForwards = true,
        Router = [.. new[] { 1, 2, 3 }.Select(n => RouterAddress(family, n, HubOuter))],
        RouterRules = $$"""
            table {{(family == Family.V4 ? "ip" : "ip6")}} nat {
              chain postrouting { type nat hook postrouting priority 100; oifname "node-2" masquerade; }
            }
            """,
        Nodes =
        [
            Node(family, 1, HubOuter, [ToHub(family, 3)], [2, 3]),
            Node(family, 2, HubOuter, [new PeerPlan(1, Owned(family, 1), null, 0), new PeerPlan(3, Owned(family, 3), null, 0)], [1, 3]),
            Node(family, 3, HubOuter, [ToHub(family, 1)], [1, 2]),
        ],
    };

    // A spoke sends everything of the VPN to the hub: the tunnel network and the network of the other spoke.
    private static PeerPlan ToHub(Family family, int otherSpoke) =>
        new(2, [TunnelNetwork(family), Network(family, 2), Network(family, otherSpoke)], Endpoint(family, HubOuter(family, 2)), Keepalive);

    private static NodePlan Node(
        Family family, int n, Func<Family, int, string> outer, IReadOnlyList<PeerPlan> peers, IReadOnlyList<int> remote) => new()
        {
            Number = n,
            Outer = outer(family, n),
            OuterLength = Length(family),
            Gateway = GatewayOf(outer(family, n)),
            Device = Device,
            Port = Port,
            Mtu = Mtu,
            Tunnel = Tunnel(family, n),
            TunnelLength = Length(family),
            PodNetwork = Network(family, n),
            Pod = Host(family, n, 10),
            PodDevice = LanDevice,
            Peers = peers,
            PodWiring =
        [
            $"link add {LanDevice} type veth peer name eth0 netns {{POD}}",
            $"link set {LanDevice} up",
            $"addr add {Host(family, n, 1)}/{Length(family)} dev {LanDevice}{NoDad(family)}",
        ],
            InsidePod = [$"addr add {Host(family, n, 10)}/{Length(family)} dev eth0{NoDad(family)}", $"route add default via {Host(family, n, 1)}"],
            Routes = [.. remote.Select(m => $"route add {Network(family, m)} dev {Device}{(family == Family.V4 ? " scope link" : "")}")],
        };

    private static string[] Owned(Family family, int n) => [$"{Tunnel(family, n)}/{AddressPlan.HostLength(family)}", Network(family, n)];

    private static string RouterAddress(Family family, int n, Func<Family, int, string> outer) =>
        $"addr add {GatewayOf(outer(family, n))}/{Length(family)} dev node-{n}{NoDad(family)}";

    private static string GatewayOf(string outer) => outer.Contains(':', StringComparison.Ordinal)
        ? string.Concat(outer.AsSpan(0, outer.LastIndexOf(':')), ":fe")
        : string.Concat(outer.AsSpan(0, outer.LastIndexOf('.')), ".254");

    private static string SitesOuter(Family family, int n) => (family, n) switch
    {
        (Family.V4, 1) => "192.0.2.1",
        (Family.V4, _) => "198.51.100.1",
        (_, 1) => "2001:db8:a::1",
        _ => "2001:db8:b::1",
    };

    private static string HubOuter(Family family, int n) => (family, n) switch
    {
        (Family.V4, 2) => "203.0.113.2",
        (Family.V4, _) => $"192.168.{n}.2",
        (_, 2) => "2001:db8:113::2",
        _ => $"fd00:192:168:{n}::2",
    };

    private static string TunnelNetwork(Family family) => family == Family.V4 ? "10.99.0.0/24" : "fd00:10:99::/64";

    private static string Tunnel(Family family, int n) => family == Family.V4 ? $"10.99.0.{n}" : $"fd00:10:99::{n}";

    private static string Network(Family family, int n) => family == Family.V4 ? $"10.{n}.0.0/24" : $"fd00:10:{n}::/64";

    private static string Host(Family family, int n, int host) => family == Family.V4 ? $"10.{n}.0.{host}" : $"fd00:10:{n}::{host}";

    private static int Length(Family family) => family == Family.V4 ? 24 : 64;

    private static string Endpoint(Family family, string address) => family == Family.V4 ? $"{address}:{Port}" : $"[{address}]:{Port}";

    private static string NoDad(Family family) => family == Family.V6 ? " nodad" : "";
}
