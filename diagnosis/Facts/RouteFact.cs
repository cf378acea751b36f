// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A route of any table (RTM_NEWROUTE).</summary>
public sealed record RouteFact
{
    public required IpPrefix Destination { get; init; }

    /// <summary>RTA_TABLE: 253 default, 254 main, 255 local.</summary>
    public required uint Table { get; init; }

    /// <summary>RTN_*.</summary>
    public required RouteType Type { get; init; }

    /// <summary>RTPROT_*: 2 kernel, 3 boot, 4 static, 16 dhcp ...</summary>
    public byte Protocol { get; init; }

    /// <summary>RT_SCOPE_*.</summary>
    public byte Scope { get; init; }

    /// <summary>RTA_PRIORITY; a lower metric wins among equal prefixes.</summary>
    public uint Metric { get; init; }

    /// <summary>Next hops; one for an ordinary route, several for a multipath one, none for blackhole and the like.</summary>
    public IReadOnlyList<NextHopFact> NextHops { get; init; } = [];

    public IpAddr? PreferredSource { get; init; }

    /// <summary>RTAX_MTU in bytes; null when the route sets none.</summary>
    public int? Mtu { get; init; }

    /// <summary>The route holds only for packets with a certain TOS or source prefix (<see cref="Tos"/>, <see cref="Source"/>), which lookups here do not know.</summary>
    public bool OtherSelectors { get; init; }

    // What follows came later than the format: null also in facts of older versions.

    /// <summary>rtm_tos; null when the route holds for every one.</summary>
    public byte? Tos { get; init; }

    /// <summary>RTA_SRC: the route holds only for packets from here (IPv6 with subtrees).</summary>
    public IpPrefix? Source { get; init; }

    /// <summary>RTM_F_* and RTNH_F_* of linux/rtnetlink.h: 1 dead, 4 onlink, 16 linkdown ...; null = none.</summary>
    public uint? Flags { get; init; }

    /// <summary>RTA_METRICS besides the MTU, by the names of ip-route(8): <c>advmss</c>, <c>hoplimit</c>, <c>initcwnd</c> ...; null = none.</summary>
    public IReadOnlyDictionary<string, uint>? Metrics { get; init; }

    /// <summary>RTAX_LOCK: bit N stands for RTAX_N; bit 2 = the MTU is not lowered by path MTU discovery. Null = none.</summary>
    public uint? MetricLocks { get; init; }

    /// <summary>RTAX_CC_ALGO: TCP congestion control of this route.</summary>
    public string? CongestionControl { get; init; }

    /// <summary>RTA_NH_ID: the route uses a nexthop object.</summary>
    public uint? NextHopId { get; init; }

    /// <summary>RTA_PREF (RFC 4191): 0 medium, 1 high, 3 low; null for IPv4.</summary>
    public byte? Preference { get; init; }

    /// <summary>Seconds until the route goes away; null = never.</summary>
    public uint? ExpiresSeconds { get; init; }

    /// <summary>RTA_FLOW: realms, source in the upper half.</summary>
    public uint? Realms { get; init; }

    /// <summary>RTA_TTL_PROPAGATE (MPLS): null = not set.</summary>
    public byte? TtlPropagate { get; init; }
}

/// <summary>One next hop of a route.</summary>
/// <param name="Link">Outgoing interface index.</param>
/// <param name="Gateway">Gateway (RTA_GATEWAY or RTA_VIA); null when on-link.</param>
/// <param name="Dead">RTNH_F_DEAD or RTNH_F_LINKDOWN.</param>
/// <param name="Weight">Share of a hop of several, 1 to 65,536; null for an only one.</param>
/// <param name="Flags">RTNH_F_* of a hop of several: 1 dead, 2 pervasive, 4 onlink, 8 offload, 16 linkdown, 32 unresolved, 64 trap; null = none.</param>
/// <param name="Encapsulation">RTA_ENCAP_TYPE by the names of ip-route(8): <c>mpls</c>, <c>ip</c>, <c>ip6</c>, <c>seg6</c>, <c>bpf</c> ...; null = none.</param>
public sealed record NextHopFact(
    int Link, IpAddr? Gateway = null, bool Dead = false, int? Weight = null, byte? Flags = null, string? Encapsulation = null);
