// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Networks;

/// <summary>
/// Names and addresses, laid out as flannel's wireguard backend does in its "separate" mode (flannel-io/flannel,
/// pkg/backend/wireguard): one device per family, first address of the node's subnet as /32 or /128, one route for the whole cluster
/// network, MTU of the external interface minus 80.
/// </summary>
public static class AddressPlan
{
    /// <summary>MTU of the underlay in bytes.</summary>
    public const int UnderlayMtu = 1500;

    /// <summary>MTU of WireGuard devices and pods in bytes.</summary>
    public const int TunnelMtu = UnderlayMtu - 80;

    /// <summary>The underlay's own addresses: default gateway of the nodes, and where the lab's API server listens.</summary>
    public const string GatewayV4 = "172.18.0.254";

    public const string GatewayV6 = "fd00:18::fe";

    public const string UplinkDevice = "eth0";

    public const string BridgeDevice = "cni0";

    public static string Gateway(Family family) => family == Family.V4 ? GatewayV4 : GatewayV6;

    public static string Device(Family family) => family == Family.V4 ? "flannel-wg" : "flannel-wg-v6";

    public static int Port(Family family) => family == Family.V4 ? 51820 : 51821;

    /// <summary>Address of node <paramref name="node"/> (from 1) on the underlay.</summary>
    public static string Underlay(Family family, int node) => family == Family.V4 ? $"172.18.0.{node}" : $"fd00:18::{node:x}";

    public static int UnderlayLength(Family family) => family == Family.V4 ? 24 : 64;

    public static string ClusterNetwork(Family family) => family == Family.V4 ? "10.244.0.0/16" : "fd00:10:244::/56";

    public static string PodCidr(Family family, int node) => $"{Subnet(family, node)}/{PodLength(family)}";

    /// <summary>First address of the node's pod CIDR: the address of its WireGuard device.</summary>
    public static string Tunnel(Family family, int node) => Subnet(family, node);

    /// <summary>Address of the bridge: the pods' gateway.</summary>
    public static string Bridge(Family family, int node) => family == Family.V4 ? $"10.244.{node}.1" : $"fd00:10:244:{node:x}::1";

    /// <summary>Address of the node's pod.</summary>
    public static string Pod(Family family, int node) => family == Family.V4 ? $"10.244.{node}.10" : $"fd00:10:244:{node:x}::10";

    public static int PodLength(Family family) => family == Family.V4 ? 24 : 64;

    /// <summary>Length of a host prefix.</summary>
    public static int HostLength(Family family) => family == Family.V4 ? 32 : 128;

    /// <summary>The sysctl that lets a node forward.</summary>
    public static string ForwardingSysctl(Family family) =>
        family == Family.V4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";

    private static string Subnet(Family family, int node) => family == Family.V4 ? $"10.244.{node}.0" : $"fd00:10:244:{node:x}::";
}
