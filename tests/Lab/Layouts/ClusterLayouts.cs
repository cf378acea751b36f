// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Layouts;

/// <summary>What two cluster networks leave on their nodes (flannel's wireguard backend; Calico with WireGuard).</summary>
internal static class ClusterLayouts
{
    private const int Count = 3;

    // Calico: the sixth bit of its mark range, table 1, priority 99 (felix' defaults).
    private const int CalicoMark = 0x100000;
    private const string CalicoGateway = "169.254.1.1";
    private const string CalicoMac = "ee:ee:ee:ee:ee:ee";
    private const string CalicoLinkLocal = "fe80::ecee:eeff:feee:eeee";

    public static LayoutPlan Flannel(Family family) => new()
    {
        Layout = Layouts.Flannel,
        Family = family,
        Router = Segment(family),
        Nodes = [.. Enumerable.Range(1, Count).Select(n => FlannelNode(family, n))],
    };

    public static LayoutPlan Calico(Family family) => new()
    {
        Layout = Layouts.Calico,
        Family = family,
        Router = Segment(family),
        Nodes = [.. Enumerable.Range(1, Count).Select(n => CalicoNode(family, n))],
    };

    private static NodePlan FlannelNode(Family family, int n)
    {
        var pod = AddressPlan.Pod(family, n);
        var device = AddressPlan.Device(family);
        var bridge = AddressPlan.Bridge(family, n);
        return new NodePlan
        {
            Number = n,
            Outer = AddressPlan.Underlay(family, n),
            OuterLength = AddressPlan.UnderlayLength(family),
            Gateway = AddressPlan.Gateway(family),
            Device = device,
            Port = AddressPlan.Port(family),
            Mtu = AddressPlan.TunnelMtu,
            Tunnel = AddressPlan.Tunnel(family, n),
            TunnelLength = AddressPlan.HostLength(family),
            PodNetwork = AddressPlan.PodCidr(family, n),
            Pod = pod,
            PodDevice = AddressPlan.BridgeDevice,
            Peers = [.. Others(n).Select(m => new PeerPlan(m, [AddressPlan.PodCidr(family, m)], Endpoint(family, m, AddressPlan.Port(family)), 0))],
            PodWiring =
            [
                $"link add {AddressPlan.BridgeDevice} type bridge mcast_snooping 0",
                $"link set {AddressPlan.BridgeDevice} mtu {AddressPlan.TunnelMtu} up",
                $"link add veth-pod mtu {AddressPlan.TunnelMtu} type veth peer name eth0 mtu {AddressPlan.TunnelMtu} netns {{POD}}",
                $"link set veth-pod master {AddressPlan.BridgeDevice} up",
                $"addr add {bridge}/{AddressPlan.PodLength(family)} dev {AddressPlan.BridgeDevice}{NoDad(family)}",
            ],
            InsidePod = [$"addr add {pod}/{AddressPlan.PodLength(family)} dev eth0{NoDad(family)}", $"route add default via {bridge}"],
            Routes = [$"route add {AddressPlan.ClusterNetwork(family)} dev {device}{(family == Family.V4 ? " scope link" : "")}"],
        };
    }

    private static NodePlan CalicoNode(Family family, int n)
    {
        var pod = Block(family, n, 10);
        var device = family == Family.V4 ? "wireguard.cali" : "wg-v6.cali";
        var port = family == Family.V4 ? 51820 : 51821;
        var gateway = family == Family.V4 ? CalicoGateway : CalicoLinkLocal;
        var mtu = family == Family.V4 ? 1440 : 1420;
        var cable = $"cali{n}1a2b3c4d5e";
        return new NodePlan
        {
            Number = n,
            Outer = AddressPlan.Underlay(family, n),
            OuterLength = AddressPlan.UnderlayLength(family),
            Gateway = AddressPlan.Gateway(family),
            Device = device,
            Port = port,
            Mtu = mtu,
            Mark = CalicoMark,
            Tunnel = Block(family, n, 1),
            TunnelLength = AddressPlan.HostLength(family),
            PodNetwork = BlockCidr(family, n),
            Pod = pod,
            PodDevice = cable,
            Peers = [.. Others(n).Select(m => new PeerPlan(
                m, [BlockCidr(family, m), $"{Block(family, m, 1)}/{AddressPlan.HostLength(family)}"], Endpoint(family, m, port), 0))],
            PodWiring =
            [
                $"link add {cable} mtu {mtu} address {CalicoMac} type veth peer name eth0 mtu {mtu} netns {{POD}}",
                $"link set {cable} up",
                $"route add {pod} dev {cable} scope link",
                $"route add blackhole {BlockCidr(family, n)} proto 80",
                .. Others(n).Select(m => $"route add {BlockCidr(family, m)} via {AddressPlan.Underlay(family, m)} dev eth0 proto bird"),
            ],
            InsidePod =
            [
                $"addr add {pod}/{AddressPlan.HostLength(family)} dev eth0{NoDad(family)}",
                .. family == Family.V4 ? new[] { $"route add {gateway} dev eth0 scope link" } : [],
                $"route add default via {gateway} dev eth0",
            ],
            Routes =
            [
                $"route add throw {BlockCidr(family, n)} table 1 proto 80",
                .. Others(n).Select(m => $"route add {BlockCidr(family, m)} dev {device} table 1 proto 80{(family == Family.V4 ? " scope link" : "")}"),
                $"rule add priority 99 not fwmark {CalicoMark}/{CalicoMark} lookup 1",
            ],
            Sysctls = "echo 1 >/proc/sys/net/ipv4/conf/all/src_valid_mark; echo 1 >/proc/sys/net/ipv4/conf/default/proxy_arp",
        };
    }

    private static IReadOnlyList<string> Segment(Family family) =>
    [
        "link add underlay type bridge mcast_snooping 0",
        "link set underlay up",
        .. Enumerable.Range(1, Count).Select(n => $"link set node-{n} master underlay"),
        $"addr add {AddressPlan.Gateway(family)}/{AddressPlan.UnderlayLength(family)} dev underlay{NoDad(family)}",
    ];

    private static IEnumerable<int> Others(int n) => Enumerable.Range(1, Count).Where(m => m != n);

    private static string Endpoint(Family family, int n, int port) =>
        family == Family.V4 ? $"{AddressPlan.Underlay(family, n)}:{port}" : $"[{AddressPlan.Underlay(family, n)}]:{port}";

    private static string BlockCidr(Family family, int n) => family == Family.V4 ? $"10.244.{n}.0/26" : $"fd00:10:244:{n}::/122";

    private static string Block(Family family, int n, int host) => family == Family.V4 ? $"10.244.{n}.{host}" : $"fd00:10:244:{n}::{host}";

    private static string NoDad(Family family) => family == Family.V6 ? " nodad" : "";
}
