// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>What IFLA_INFO_DATA says about a device; exactly one part is set, by the device's kind.</summary>
public sealed record LinkDetailFact
{
    /// <summary>vxlan and geneve.</summary>
    public OverlayDetail? Overlay { get; init; }

    /// <summary>gre, gretap, ip6gre, ip6gretap, erspan, ipip, sit, ip6tnl, vti, vti6.</summary>
    public IpTunnelDetail? IpTunnel { get; init; }

    /// <summary>bridge.</summary>
    public BridgeDetail? Bridge { get; init; }

    /// <summary>tun: also the device of every userspace WireGuard.</summary>
    public TunDetail? Tun { get; init; }

    /// <summary>vlan.</summary>
    public VlanDetail? Vlan { get; init; }

    /// <summary>macvlan, macvtap, ipvlan, ipvtap: <c>private</c>, <c>vepa</c>, <c>bridge</c>, <c>passthru</c>, <c>source</c>; <c>l2</c>, <c>l3</c>, <c>l3s</c>.</summary>
    public string? SharingMode { get; init; }

    /// <summary>vrf: IFLA_VRF_TABLE.</summary>
    public uint? VrfTable { get; init; }

    /// <summary>xfrm: IFLA_XFRM_IF_ID.</summary>
    public uint? XfrmInterfaceId { get; init; }

    /// <summary>bond: IFLA_BOND_MODE by its name in bonding(4): <c>balance-rr</c>, <c>active-backup</c> ...</summary>
    public string? BondMode { get; init; }

    /// <summary>bond: IFLA_BOND_ACTIVE_SLAVE, interface index.</summary>
    public int? BondActiveLink { get; init; }
}

/// <summary>A UDP overlay (IFLA_VXLAN_*, IFLA_GENEVE_*).</summary>
public sealed record OverlayDetail
{
    /// <summary>VNI, 24 bits; null on a device that takes it from the packet's metadata.</summary>
    public uint? Id { get; init; }

    /// <summary>The other end or the multicast group.</summary>
    public IpAddr? Remote { get; init; }

    public IpAddr? Local { get; init; }

    /// <summary>Index of the device the outer packets leave by.</summary>
    public int? LowerLink { get; init; }

    /// <summary>UDP destination port.</summary>
    public ushort? Port { get; init; }

    /// <summary>UDP source ports (vxlan); both 0 = any.</summary>
    public ValueRange? SourcePorts { get; init; }

    /// <summary>Outer TTL; 0 = the kernel's default.</summary>
    public byte? Ttl { get; init; }

    /// <summary>Outer TOS; 1 = the inner one's.</summary>
    public byte? Tos { get; init; }

    /// <summary>Outer "don't fragment": <c>unset</c>, <c>set</c> or <c>inherit</c>.</summary>
    public string? DontFragment { get; init; }

    /// <summary>Learns where MAC addresses are from packets (vxlan).</summary>
    public bool? Learning { get; init; }

    /// <summary>Answers ARP and neighbour questions itself (vxlan).</summary>
    public bool? Proxy { get; init; }

    /// <summary>Takes the outer header from the packet's metadata ("external"; Cilium, Antrea, Open vSwitch).</summary>
    public bool CollectMetadata { get; init; }

    /// <summary>Outer UDP checksums over IPv4.</summary>
    public bool? UdpChecksum { get; init; }

    /// <summary>Sends outer packets over IPv6 without a UDP checksum.</summary>
    public bool? ZeroChecksum6Tx { get; init; }

    /// <summary>Takes outer packets over IPv6 without a UDP checksum.</summary>
    public bool? ZeroChecksum6Rx { get; init; }
}

/// <summary>An IP tunnel (IFLA_IPTUN_*, IFLA_GRE_*, IFLA_VTI_*).</summary>
public sealed record IpTunnelDetail
{
    /// <summary>Null = any.</summary>
    public IpAddr? Local { get; init; }

    /// <summary>Null = any: the route's gateway says where to.</summary>
    public IpAddr? Remote { get; init; }

    public int? LowerLink { get; init; }

    /// <summary>Outer TTL or hop limit; 0 = the inner one's.</summary>
    public byte? Ttl { get; init; }

    public byte? Tos { get; init; }

    /// <summary>Path MTU discovery of the outer packets: false = they may be fragmented on their way.</summary>
    public bool? PathMtuDiscovery { get; init; }

    /// <summary>Inner protocol of ipip and ip6tnl devices: 4 IPv4, 41 IPv6, 0 any.</summary>
    public byte? Protocol { get; init; }

    public uint? InputKey { get; init; }

    public uint? OutputKey { get; init; }

    /// <summary>TUNNEL_ENCAP_*: 0 none, 1 FOU, 2 GUE, 3 MPLS.</summary>
    public ushort? EncapsulationType { get; init; }

    /// <summary>UDP destination port of FOU and GUE.</summary>
    public ushort? EncapsulationPort { get; init; }

    public bool CollectMetadata { get; init; }

    /// <summary>Mark of the outer packets; null or 0 = the inner one's.</summary>
    public uint? Mark { get; init; }
}

/// <summary>A bridge (IFLA_BR_*).</summary>
public sealed record BridgeDetail
{
    /// <summary>Bridged IPv4 packets pass iptables also when the sysctl says no.</summary>
    public bool? NfCallIptables { get; init; }

    public bool? NfCallIp6tables { get; init; }

    public bool? NfCallArptables { get; init; }

    public bool? VlanFiltering { get; init; }

    /// <summary>EtherType of the VLAN tag: 0x8100 or 0x88a8.</summary>
    public ushort? VlanProtocol { get; init; }

    public ushort? DefaultVlan { get; init; }

    /// <summary>0 off, 1 kernel, 2 userspace.</summary>
    public uint? SpanningTree { get; init; }

    public bool? MulticastSnooping { get; init; }
}

/// <summary>A TUN or TAP device (IFLA_TUN_*).</summary>
public sealed record TunDetail
{
    /// <summary><c>tun</c> (layer 3) or <c>tap</c> (layer 2).</summary>
    public string? Type { get; init; }

    public bool? PacketInformation { get; init; }

    /// <summary>The program takes several segments in one packet (IFF_VNET_HDR).</summary>
    public bool? VirtioHeader { get; init; }

    public bool? MultiQueue { get; init; }

    /// <summary>The device stays when its program ends.</summary>
    public bool? Persistent { get; init; }

    public uint? Owner { get; init; }

    public uint? OwnerGroup { get; init; }
}

/// <summary>A VLAN device (IFLA_VLAN_*).</summary>
/// <param name="Id">0 to 4095.</param>
/// <param name="Protocol">EtherType: 0x8100 or 0x88a8.</param>
public sealed record VlanDetail(ushort Id, ushort Protocol);
