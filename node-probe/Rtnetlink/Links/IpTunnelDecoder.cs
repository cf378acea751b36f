// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_IPTUN_*, IFLA_GRE_* and IFLA_VTI_* of linux/if_tunnel.h.</summary>
internal static class IpTunnelDecoder
{
    /// <summary>GRE_KEY of linux/if_tunnel.h: the device uses its key.</summary>
    private const ushort GreKey = 0x2000;

    public static IpTunnelDetail DecodeIpTunnel(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new IpTunnelDetail();
        var reader = data.Nested();
        while (reader.TryRead(out var attribute)) detail = ApplyIpTunnel(detail, attribute, ref unknown);
        if (reader.IsMalformed) unknown++;
        return detail;
    }

    public static IpTunnelDetail DecodeGre(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new IpTunnelDetail();
        bool hasInputKey = false, hasOutputKey = false;
        var reader = data.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == 2) hasInputKey = HasKey(attribute, ref unknown); // IFLA_GRE_IFLAGS
            else if (attribute.Type == 3) hasOutputKey = HasKey(attribute, ref unknown); // IFLA_GRE_OFLAGS
            else detail = ApplyGre(detail, attribute, ref unknown);
        }

        if (reader.IsMalformed) unknown++;
        // The kernel sends keys also where they are not used.
        return detail with { InputKey = hasInputKey ? detail.InputKey : null, OutputKey = hasOutputKey ? detail.OutputKey : null };
    }

    public static IpTunnelDetail DecodeVti(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new IpTunnelDetail();
        var reader = data.Nested();
        while (reader.TryRead(out var attribute)) detail = ApplyVti(detail, attribute, ref unknown);
        if (reader.IsMalformed) unknown++;
        return detail;
    }

    private static IpTunnelDetail ApplyIpTunnel(IpTunnelDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        1 => detail with { LowerLink = LinkDataReader.Link(attribute, ref unknown) },
        2 => detail with { Local = LinkDataReader.Address(attribute, ref unknown) },
        3 => detail with { Remote = LinkDataReader.Address(attribute, ref unknown) },
        4 => detail with { Ttl = LinkDataReader.Byte(attribute, ref unknown) },
        5 => detail with { Tos = LinkDataReader.Byte(attribute, ref unknown) },
        9 => detail with { Protocol = LinkDataReader.Byte(attribute, ref unknown) },
        10 => detail with { PathMtuDiscovery = LinkDataReader.Flag(attribute, ref unknown) },
        15 => detail with { EncapsulationType = LinkDataReader.UInt16(attribute, ref unknown) },
        18 => detail with { EncapsulationPort = LinkDataReader.UInt16BigEndian(attribute, ref unknown) },
        19 => detail with { CollectMetadata = true }, // without a value
        20 => detail with { Mark = LinkDataReader.UInt32(attribute, ref unknown) },
        _ => detail,
    };

    private static IpTunnelDetail ApplyGre(IpTunnelDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        1 => detail with { LowerLink = LinkDataReader.Link(attribute, ref unknown) },
        4 => detail with { InputKey = LinkDataReader.UInt32BigEndian(attribute, ref unknown) },
        5 => detail with { OutputKey = LinkDataReader.UInt32BigEndian(attribute, ref unknown) },
        6 => detail with { Local = LinkDataReader.Address(attribute, ref unknown) },
        7 => detail with { Remote = LinkDataReader.Address(attribute, ref unknown) },
        8 => detail with { Ttl = LinkDataReader.Byte(attribute, ref unknown) },
        9 => detail with { Tos = LinkDataReader.Byte(attribute, ref unknown) },
        10 => detail with { PathMtuDiscovery = LinkDataReader.Flag(attribute, ref unknown) },
        14 => detail with { EncapsulationType = LinkDataReader.UInt16(attribute, ref unknown) },
        17 => detail with { EncapsulationPort = LinkDataReader.UInt16BigEndian(attribute, ref unknown) },
        18 => detail with { CollectMetadata = true }, // without a value
        20 => detail with { Mark = LinkDataReader.UInt32(attribute, ref unknown) },
        _ => detail,
    };

    private static IpTunnelDetail ApplyVti(IpTunnelDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        1 => detail with { LowerLink = LinkDataReader.Link(attribute, ref unknown) },
        2 => detail with { InputKey = LinkDataReader.UInt32BigEndian(attribute, ref unknown) },
        3 => detail with { OutputKey = LinkDataReader.UInt32BigEndian(attribute, ref unknown) },
        4 => detail with { Local = LinkDataReader.Address(attribute, ref unknown) },
        5 => detail with { Remote = LinkDataReader.Address(attribute, ref unknown) },
        6 => detail with { Mark = LinkDataReader.UInt32(attribute, ref unknown) },
        _ => detail,
    };

    private static bool HasKey(in NetlinkAttribute flags, ref int unknown) => (LinkDataReader.UInt16BigEndian(flags, ref unknown) & GreKey) is > 0;
}
