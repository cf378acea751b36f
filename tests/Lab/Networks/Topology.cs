// SPDX-License-Identifier: Apache-2.0

using static KubeWgDiag.Lab.Networks.AddressPlan;

namespace KubeWgDiag.Lab.Networks;

/// <summary>The wires and addresses below the mesh, as batches for <c>ip</c>.</summary>
internal static class Topology
{
    public const string UnderlayBridge = "underlay";

    /// <summary>Bridge of the underlay, and a cable from it to each node. Pids are the host's.</summary>
    public static IEnumerable<string> Underlay(IReadOnlyList<LabNode> nodes) =>
    [
        "link set lo up",
        $"link add {UnderlayBridge} type bridge mcast_snooping 0",
        $"link set {UnderlayBridge} up",
        $"addr add {GatewayV4}/24 dev {UnderlayBridge}",
        $"addr add {GatewayV6}/64 dev {UnderlayBridge} nodad",
        .. nodes.SelectMany(n => new[]
        {
            $"link add {n.Name} type veth peer name {UplinkDevice} netns {n.Host.NetworkPid}",
            $"link set {n.Name} master {UnderlayBridge} up",
        }),
    ];

    /// <summary>Uplink, pod bridge and the pod's cable inside one node.</summary>
    public static IEnumerable<string> Node(LabNode node, IReadOnlyList<Family> families) =>
    [
        "link set lo up",
        $"link set {UplinkDevice} up",
        .. AllFamilies.SelectMany(f => new[]
        {
            $"addr add {AddressPlan.Underlay(f, node.Number)}/{UnderlayLength(f)} dev {UplinkDevice}{NoDad(f)}",
            $"route add default via {Gateway(f)} dev {UplinkDevice}",
        }),
        $"link add {BridgeDevice} type bridge mcast_snooping 0",
        $"link set {BridgeDevice} mtu {TunnelMtu} up",
        $"link add veth-pod mtu {TunnelMtu} type veth peer name eth0 mtu {TunnelMtu} netns {node.Pod.NetworkPid}",
        $"link set veth-pod master {BridgeDevice} up",
        .. families.Select(f => $"addr add {Bridge(f, node.Number)}/{PodLength(f)} dev {BridgeDevice}{NoDad(f)}"),
    ];

    /// <summary>The pod's own end.</summary>
    public static IEnumerable<string> Pod(LabNode node, IReadOnlyList<Family> families) =>
    [
        "link set lo up",
        "link set eth0 up",
        .. families.SelectMany(f => new[]
        {
            $"addr add {AddressPlan.Pod(f, node.Number)}/{PodLength(f)} dev eth0{NoDad(f)}",
            $"route add default via {Bridge(f, node.Number)}",
        }),
    ];

    /// <summary>
    /// Shell lines for the sysctls of a node: forwarding as every CNI needs it. All are set, because a new network namespace inherits
    /// the IPv4 ones of the machine.
    /// </summary>
    public static string NodeSysctls { get; } = Sysctls(forwarding: 1);

    /// <summary>The same for what does not forward: pods, and the underlay, so that a packet sent there in clear text is lost.</summary>
    public static string OtherSysctls { get; } = Sysctls(forwarding: 0);

    public static IReadOnlyList<Family> AllFamilies { get; } = [Family.V4, Family.V6];

    // No router advertisements and no wait for duplicate address detection: addresses here are unique by construction.
    private static string Sysctls(int forwarding) => string.Join('\n',
    [
        "for d in all default; do",
        "  echo 0 >/proc/sys/net/ipv6/conf/$d/accept_dad; echo 0 >/proc/sys/net/ipv6/conf/$d/accept_ra; echo 0 >/proc/sys/net/ipv4/conf/$d/rp_filter",
        "done",
        $"echo {forwarding} >/proc/sys/net/ipv4/ip_forward",
        $"echo {forwarding} >/proc/sys/net/ipv6/conf/all/forwarding",
    ]);

    private static string NoDad(Family family) => family == Family.V6 ? " nodad" : "";
}
