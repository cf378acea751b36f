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

    /// <summary>The route holds only for packets with a certain TOS or source prefix, which are not written down here.</summary>
    public bool OtherSelectors { get; init; }
}

/// <summary>One next hop of a route.</summary>
/// <param name="Link">Outgoing interface index.</param>
/// <param name="Gateway">Gateway (RTA_GATEWAY or RTA_VIA); null when on-link.</param>
/// <param name="Dead">RTNH_F_DEAD or RTNH_F_LINKDOWN.</param>
public sealed record NextHopFact(int Link, IpAddr? Gateway = null, bool Dead = false);
