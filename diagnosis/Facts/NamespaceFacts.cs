// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>What was read in one network namespace.</summary>
public sealed record NamespaceFacts
{
    /// <summary>Identity of the namespace: <c>net:[inode]</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Who it is for people: <c>host</c>, or the path or owner it was entered by.</summary>
    public required string Name { get; init; }

    /// <summary>Who is in it or holds it, at most four; null when nobody looked.</summary>
    public IReadOnlyList<NamespaceOwnerFact>? Owners { get; init; }

    public required Fact<IReadOnlyList<LinkFact>> Links { get; init; }

    public required Fact<IReadOnlyList<AddressFact>> Addresses { get; init; }

    /// <summary>Routes of all tables, both families.</summary>
    public required Fact<IReadOnlyList<RouteFact>> Routes { get; init; }

    public required Fact<IReadOnlyList<RuleFact>> Rules { get; init; }

    public required Fact<IReadOnlyList<NeighbourFact>> Neighbours { get; init; }

    /// <summary>
    /// Sysctls whose value is one number by their dotted name, e.g. <c>net.ipv4.ip_forward</c>; a dot inside an interface name is written as a
    /// slash (<c>net.ipv4.conf.eth0/100.forwarding</c>), as sysctl(8) does. Of a device's own ones <c>forwarding</c>, <c>rp_filter</c>,
    /// <c>src_valid_mark</c>, <c>force_forwarding</c>, <c>disable_ipv6</c> and <c>accept_ra</c> always stand here, any other one where it
    /// differs from that of <c>default</c> (for neigh, which has none outside of the first namespace: of <c>lo</c>). Namespaces of pods without a tunnel have the deciding ones only.
    /// </summary>
    public required Fact<IReadOnlyDictionary<string, long>> Sysctls { get; init; }

    /// <summary>Protocol counters by <c>Group.Name</c> as in /proc/net/snmp, netstat and snmp6: <c>Ip.InAddrErrors</c>, <c>Udp.NoPorts</c>, <c>Ip6.InAddrErrors</c>.</summary>
    public required Fact<IReadOnlyDictionary<string, Counter>> ProtocolCounters { get; init; }

    /// <summary>WireGuard devices of the kernel (generic netlink).</summary>
    public required Fact<IReadOnlyList<WireGuardDeviceFact>> KernelWireGuard { get; init; }

    /// <summary>WireGuard devices of userspace implementations (UAPI sockets) whose TUN device is in this namespace.</summary>
    public required Fact<IReadOnlyList<WireGuardDeviceFact>> UserspaceWireGuard { get; init; }

    /// <summary>UAPI sockets that gave no device: stale, hung, or of another namespace.</summary>
    public IReadOnlyList<UapiSocketFact> UapiSocketProblems { get; init; } = [];

    /// <summary>What the kernel's own route lookup answers for each peer endpoint and each AllowedIPs prefix.</summary>
    public required Fact<IReadOnlyList<RouteLookupFact>> RouteLookups { get; init; }

    /// <summary>The packet filters, nf_tables and legacy xtables; null in facts of versions that did not read them.</summary>
    public Fact<NetfilterFact>? Netfilter { get; init; }

    /// <summary>Sysctls with several numbers or words, as the kernel prints them; named and left out as in <see cref="Sysctls"/>. Never keys or seeds.</summary>
    public Fact<IReadOnlyDictionary<string, string>>? SysctlTexts { get; init; }
    /// <summary>Offload features by ethtool netlink; null in facts of versions that did not read them.</summary>
    public Fact<IReadOnlyList<OffloadFact>>? Offloads { get; init; }

    /// <summary>Queueing disciplines and filters of traffic control; null in facts of versions that did not read them.</summary>
    public Fact<TrafficControlFact>? TrafficControl { get; init; }
    /// <summary>How full the connection tracking table is and what it lost; null in facts of versions that did not read it.</summary>
    public Fact<ConntrackFact>? Conntrack { get; init; }

    /// <summary>What the connection tracking table shows of tunnels; null in facts of versions that did not read it.</summary>
    public Fact<ConntrackFlows>? ConntrackFlows { get; init; }

    /// <summary>UDP sockets on the ports of WireGuard; null in facts of versions that did not read them.</summary>
    public Fact<UdpSocketsFact>? UdpSockets { get; init; }

    /// <summary>Who holds these sockets; null in facts of versions that did not read it.</summary>
    public Fact<SocketOwnersFact>? SocketOwners { get; init; }

    /// <summary>
    /// What becomes of sample packets of each tunnel: those that end first, at most 64 entries (the fact's Seen says how many there were). Null in facts
    /// of versions that did not walk.
    /// </summary>
    public Fact<IReadOnlyList<WalkFact>>? Walks { get; init; }
}
