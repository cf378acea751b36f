// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_INFO_DATA, whose numbers mean something else for every kind of device.</summary>
internal static class LinkDetailDecoder
{
    /// <summary>The details of a kind that matters for tunnels; null for others.</summary>
    public static LinkDetailFact? Decode(string kind, in NetlinkAttribute data, ref int unknown)
    {
        switch (kind)
        {
            case "vxlan":
                return new LinkDetailFact { Overlay = OverlayDecoder.DecodeVxlan(data, ref unknown) };
            case "geneve":
                return new LinkDetailFact { Overlay = OverlayDecoder.DecodeGeneve(data, ref unknown) };
            case "gre" or "gretap" or "erspan" or "ip6gre" or "ip6gretap" or "ip6erspan":
                return new LinkDetailFact { IpTunnel = IpTunnelDecoder.DecodeGre(data, ref unknown) };
            case "ipip" or "sit" or "ip6tnl":
                return new LinkDetailFact { IpTunnel = IpTunnelDecoder.DecodeIpTunnel(data, ref unknown) };
            case "vti" or "vti6":
                return new LinkDetailFact { IpTunnel = IpTunnelDecoder.DecodeVti(data, ref unknown) };
            case "bridge":
                return new LinkDetailFact { Bridge = BridgeDecoder.Decode(data, ref unknown) };
            case "tun":
                return new LinkDetailFact { Tun = TunDecoder.Decode(data, ref unknown) };
            case "vlan":
                return new LinkDetailFact { Vlan = SmallLinkDetails.DecodeVlan(data, ref unknown) };
            case "macvlan" or "macvtap":
                return new LinkDetailFact { SharingMode = SmallLinkDetails.DecodeMacvlanMode(data, ref unknown) };
            case "ipvlan" or "ipvtap":
                return new LinkDetailFact { SharingMode = SmallLinkDetails.DecodeIpvlanMode(data, ref unknown) };
            case "vrf":
                return new LinkDetailFact { VrfTable = SmallLinkDetails.DecodeNumber(data, number: 1, ref unknown) };
            case "xfrm":
                return new LinkDetailFact { XfrmInterfaceId = SmallLinkDetails.DecodeNumber(data, number: 2, ref unknown) };
            case "bond":
                return SmallLinkDetails.DecodeBond(data, ref unknown);
            default:
                return null;
        }
    }
}
