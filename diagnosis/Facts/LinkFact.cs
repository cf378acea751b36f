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

    // What follows came later than the format: null also in facts of older versions.

    /// <summary>IFF_* of linux/if.h, all bits.</summary>
    public uint? Flags { get; init; }

    /// <summary>ARPHRD_* of linux/if_arp.h: 1 Ethernet, 772 loopback, 65534 none (tunnels of layer 3) ...</summary>
    public ushort? HardwareType { get; init; }

    /// <summary>IFLA_ADDRESS: six bytes of a MAC address with colons for Ethernet; for gre, ipip and sit the local end's IP address as bytes.</summary>
    public string? HardwareAddress { get; init; }

    /// <summary>IFLA_ALT_IFNAME: further names of the device.</summary>
    public IReadOnlyList<string>? AlternativeNames { get; init; }

    /// <summary>IFLA_IFALIAS: text that an administrator gave.</summary>
    public string? Alias { get; init; }

    /// <summary>IFLA_LINK_NETNSID: number of the other end's namespace as this one knows it; -1 = not known here.</summary>
    public int? PeerNamespaceId { get; init; }

    /// <summary>IFLA_MIN_MTU in bytes; null when the driver sets no bound.</summary>
    public int? MinMtu { get; init; }

    /// <summary>IFLA_MAX_MTU in bytes; null when the driver sets no bound.</summary>
    public int? MaxMtu { get; init; }

    /// <summary>IFLA_QDISC: kind of the root queueing discipline.</summary>
    public string? Qdisc { get; init; }

    /// <summary>IFLA_GROUP: rules may suppress results that lead into a group; null = 0, the default.</summary>
    public uint? Group { get; init; }

    /// <summary>IFLA_CARRIER_CHANGES: how often the carrier came or went since the device was made.</summary>
    public uint? CarrierChanges { get; init; }

    /// <summary>Queue lengths and segmentation limits; null when the kernel sent none.</summary>
    public LinkQueueLimits? Limits { get; init; }

    /// <summary>IFLA_XDP: a program that sees packets before everything else; null when there is none.</summary>
    public XdpFact? Xdp { get; init; }

    /// <summary>IFLA_INFO_SLAVE_KIND: what the master makes of this device (<c>bridge</c>, <c>bond</c>, <c>vrf</c>).</summary>
    public string? SlaveKind { get; init; }

    /// <summary>IFLA_INFO_DATA of the kinds that matter for tunnels; null for others.</summary>
    public LinkDetailFact? Detail { get; init; }
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

    // What follows is seldom anything: null = zero, or not counted by this kernel.

    public Counter? Multicast { get; init; }

    public Counter? Collisions { get; init; }

    public Counter? RxOverErrors { get; init; }

    public Counter? RxCrcErrors { get; init; }

    public Counter? RxFifoErrors { get; init; }

    /// <summary>The device had no room: receive ring too small or too slow a CPU.</summary>
    public Counter? RxMissedErrors { get; init; }

    public Counter? TxAbortedErrors { get; init; }

    public Counter? TxCarrierErrors { get; init; }

    public Counter? TxFifoErrors { get; init; }

    public Counter? TxHeartbeatErrors { get; init; }

    public Counter? TxWindowErrors { get; init; }

    public Counter? RxCompressed { get; init; }

    public Counter? TxCompressed { get; init; }

    /// <summary>Nobody on this host wanted the packet (Linux 4.6).</summary>
    public Counter? RxNoHandler { get; init; }

    /// <summary>The destination MAC address is another host's (Linux 5.19).</summary>
    public Counter? RxOtherHostDropped { get; init; }
}
