// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A network device (RTM_NEWLINK).</summary>
public sealed record LinkFact
{
    /// <summary>Interface index, unique within the namespace.</summary>
    public required int Index { get; init; }

    /// <summary>IFLA_IFNAME.</summary>
    public required string Name { get; init; }

    /// <summary>IFLA_INFO_KIND: <c>wireguard</c>, <c>tun</c>, <c>bridge</c>, <c>veth</c> ...; null for physical devices and loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>IFF_UP: administratively up.</summary>
    public bool Up { get; init; }

    /// <summary>IFF_LOWER_UP: has carrier.</summary>
    public bool LowerUp { get; init; }

    /// <summary>IFF_LOOPBACK.</summary>
    public bool Loopback { get; init; }

    /// <summary>IFF_POINTOPOINT.</summary>
    public bool PointToPoint { get; init; }

    /// <summary>IFLA_OPERSTATE in the kernel's words (UNKNOWN, DOWN, LOWERLAYERDOWN, DORMANT, UP ...). WireGuard devices say UNKNOWN when healthy.</summary>
    public string? OperState { get; init; }

    /// <summary>IFLA_MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>IFLA_MASTER: index of the bridge or bond this device belongs to.</summary>
    public int? Master { get; init; }

    /// <summary>IFLA_LINK: index of the lower device or of the veth's other end.</summary>
    public int? Peer { get; init; }

    /// <summary>IFLA_LINK_NETNSID is set: the other end is in another network namespace.</summary>
    public bool PeerInOtherNamespace { get; init; }

    /// <summary>IFLA_STATS64; null when the kernel sent none.</summary>
    public LinkCounters? Counters { get; init; }
}

/// <summary>Device counters (struct rtnl_link_stats64, linux/if_link.h).</summary>
public sealed record LinkCounters
{
    public Counter RxPackets { get; init; }

    public Counter TxPackets { get; init; }

    public Counter RxBytes { get; init; }

    public Counter TxBytes { get; init; }

    public Counter RxErrors { get; init; }

    /// <summary>Kernel WireGuard: no peer owns the destination, or the peer has no endpoint.</summary>
    public Counter TxErrors { get; init; }

    public Counter RxDropped { get; init; }

    public Counter TxDropped { get; init; }

    public Counter RxLengthErrors { get; init; }

    /// <summary>Kernel WireGuard: inner source outside the peer's AllowedIPs.</summary>
    public Counter RxFrameErrors { get; init; }
}
