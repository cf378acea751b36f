// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_VXLAN_* and IFLA_GENEVE_* of linux/if_link.h.</summary>
internal static class OverlayDecoder
{
    /// <summary>VXLAN_DF_*, the same numbers as GENEVE_DF_*.</summary>
    private static readonly string[] DontFragment = ["unset", "set", "inherit"];

    public static OverlayDetail DecodeVxlan(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new OverlayDetail();
        var reader = data.Nested();
        while (reader.TryRead(out var attribute)) detail = ApplyVxlan(detail, attribute, ref unknown);
        if (reader.IsMalformed) unknown++;
        return detail.CollectMetadata ? detail with { Id = null } : detail;
    }

    public static OverlayDetail DecodeGeneve(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new OverlayDetail();
        var reader = data.Nested();
        while (reader.TryRead(out var attribute)) detail = ApplyGeneve(detail, attribute, ref unknown);
        if (reader.IsMalformed) unknown++;
        return detail.CollectMetadata ? detail with { Id = null } : detail;
    }

    private static OverlayDetail ApplyVxlan(OverlayDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        1 => detail with { Id = LinkDataReader.UInt32(attribute, ref unknown) },
        2 or 16 => detail with { Remote = LinkDataReader.Address(attribute, ref unknown) }, // IFLA_VXLAN_GROUP, GROUP6
        3 => detail with { LowerLink = LinkDataReader.Link(attribute, ref unknown) },
        4 or 17 => detail with { Local = LinkDataReader.Address(attribute, ref unknown) }, // IFLA_VXLAN_LOCAL, LOCAL6
        5 => detail with { Ttl = LinkDataReader.Byte(attribute, ref unknown) },
        6 => detail with { Tos = LinkDataReader.Byte(attribute, ref unknown) },
        7 => detail with { Learning = LinkDataReader.Flag(attribute, ref unknown) },
        10 => detail with { SourcePorts = PortRange(attribute, ref unknown) },
        11 => detail with { Proxy = LinkDataReader.Flag(attribute, ref unknown) },
        15 => detail with { Port = LinkDataReader.UInt16BigEndian(attribute, ref unknown) },
        18 => detail with { UdpChecksum = LinkDataReader.Flag(attribute, ref unknown) },
        19 => detail with { ZeroChecksum6Tx = LinkDataReader.Flag(attribute, ref unknown) },
        20 => detail with { ZeroChecksum6Rx = LinkDataReader.Flag(attribute, ref unknown) },
        25 => detail with { CollectMetadata = LinkDataReader.Flag(attribute, ref unknown) ?? false },
        29 => detail with { DontFragment = DontFragmentOf(attribute, ref unknown) },
        _ => detail,
    };

    private static OverlayDetail ApplyGeneve(OverlayDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        1 => detail with { Id = LinkDataReader.UInt32(attribute, ref unknown) },
        2 or 7 => detail with { Remote = LinkDataReader.Address(attribute, ref unknown) }, // IFLA_GENEVE_REMOTE, REMOTE6
        3 => detail with { Ttl = LinkDataReader.Byte(attribute, ref unknown) },
        4 => detail with { Tos = LinkDataReader.Byte(attribute, ref unknown) },
        5 => detail with { Port = LinkDataReader.UInt16BigEndian(attribute, ref unknown) },
        6 => detail with { CollectMetadata = true }, // without a value
        8 => detail with { UdpChecksum = LinkDataReader.Flag(attribute, ref unknown) },
        9 => detail with { ZeroChecksum6Tx = LinkDataReader.Flag(attribute, ref unknown) },
        10 => detail with { ZeroChecksum6Rx = LinkDataReader.Flag(attribute, ref unknown) },
        13 => detail with { DontFragment = DontFragmentOf(attribute, ref unknown) },
        _ => detail,
    };

    /// <summary>struct ifla_vxlan_port_range: two big-endian ports.</summary>
    private static ValueRange? PortRange(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.Payload.Length != 4)
        {
            unknown++;
            return null;
        }

        return new ValueRange(BinaryPrimitives.ReadUInt16BigEndian(attribute.Payload), BinaryPrimitives.ReadUInt16BigEndian(attribute.Payload[2..]));
    }

    private static string? DontFragmentOf(in NetlinkAttribute attribute, ref int unknown)
    {
        if (LinkDataReader.Byte(attribute, ref unknown) is not { } number) return null;
        if (number < DontFragment.Length) return DontFragment[number];
        unknown++;
        return null;
    }
}
