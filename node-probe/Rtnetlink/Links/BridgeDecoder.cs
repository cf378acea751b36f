// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_BR_* of linux/if_link.h.</summary>
internal static class BridgeDecoder
{
    public static BridgeDetail Decode(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new BridgeDetail();
        var reader = data.Nested();
        while (reader.TryRead(out var attribute)) detail = Apply(detail, attribute, ref unknown);
        if (reader.IsMalformed) unknown++;
        return detail;
    }

    private static BridgeDetail Apply(BridgeDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        5 => detail with { SpanningTree = LinkDataReader.UInt32(attribute, ref unknown) },
        7 => detail with { VlanFiltering = LinkDataReader.Flag(attribute, ref unknown) },
        8 => detail with { VlanProtocol = LinkDataReader.UInt16BigEndian(attribute, ref unknown) },
        23 => detail with { MulticastSnooping = LinkDataReader.Flag(attribute, ref unknown) },
        36 => detail with { NfCallIptables = LinkDataReader.Flag(attribute, ref unknown) },
        37 => detail with { NfCallIp6tables = LinkDataReader.Flag(attribute, ref unknown) },
        38 => detail with { NfCallArptables = LinkDataReader.Flag(attribute, ref unknown) },
        39 => detail with { DefaultVlan = LinkDataReader.UInt16(attribute, ref unknown) },
        _ => detail,
    };
}
