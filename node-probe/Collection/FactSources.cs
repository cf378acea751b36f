// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>What facts say about where they were read.</summary>
internal static class FactSources
{
    public const string Namespaces = "/proc/PID/ns/net and folders of bound namespaces";
    public const string Links = "rtnetlink RTM_GETLINK";
    public const string Addresses = "rtnetlink RTM_GETADDR";
    public const string Routes = "rtnetlink RTM_GETROUTE";
    public const string Rules = "rtnetlink RTM_GETRULE";
    public const string Neighbours = "rtnetlink RTM_GETNEIGH";
    public const string Offloads = "genetlink ethtool";
    public const string TrafficControl = "rtnetlink RTM_GETQDISC, RTM_GETTFILTER";
    public const string RouteLookups = "rtnetlink RTM_GETROUTE lookup";
    public const string KernelWireGuard = "genetlink wireguard";
    public const string UserspaceWireGuard = "UAPI sockets";
    public const string Netfilter = "nfnetlink nf_tables, xtables";
    public const string Sysctls = "/proc/sys/net";
    public const string ProtocolCounters = "/proc/thread-self/net";
    public const string Softnet = "/proc/net/softnet_stat";
    public const string CpuTimes = "/proc/stat, /proc/softirqs";
    public const string Cpu = "/proc/cpuinfo";
    public const string CryptoDrivers = "/proc/crypto";
    public const string Kernel = "/proc/sys/kernel, /sys/kernel/security";
    public const string Modules = "/proc/modules, /lib/modules";
    public const string KernelLog = "/dev/kmsg";
    public const string Clock = "adjtimex, clock_gettime";
    public const string ProcessLimits = "/sys/fs/cgroup";
    public const string Pressure = "/proc/pressure";
    public const string Load = "/proc/loadavg, /proc/meminfo";
    public const string SysctlFiles = "sysctl.d";
    public const string TunDevice = "/dev/net/tun";
    public const string ThreadedDevices = "/sys/class/net";
    public const string NetworkManagers = "systemd-networkd, NetworkManager";
    public const string TunnelConfigs = "wg-quick, networkd and NetworkManager files";
    public const string Platform = "/sys/class/dmi/id";
    public const string Cni = "/etc/cni/net.d";
    public const string Conntrack = "ctnetlink IPCTNL_MSG_CT_GET_STATS_CPU, /proc/sys/net/netfilter";
    public const string ConntrackFlows = "ctnetlink IPCTNL_MSG_CT_GET";
    public const string UdpSockets = "sock_diag SOCK_DIAG_BY_FAMILY";
    public const string SocketOwners = "/proc/PID/fd";
}
