// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_TUN_* of linux/if_link.h.</summary>
internal static class TunDecoder
{
    public static TunDetail Decode(in NetlinkAttribute data, ref int unknown)
    {
        var detail = new TunDetail();
        var reader = data.Nested();
        while (reader.TryRead(out var attribute)) detail = Apply(detail, attribute, ref unknown);
        if (reader.IsMalformed) unknown++;
        return detail;
    }

    private static TunDetail Apply(TunDetail detail, in NetlinkAttribute attribute, ref int unknown) => attribute.Type switch
    {
        1 => detail with { Owner = LinkDataReader.UInt32(attribute, ref unknown) },
        2 => detail with { OwnerGroup = LinkDataReader.UInt32(attribute, ref unknown) },
        3 => detail with { Type = TypeOf(attribute, ref unknown) },
        4 => detail with { PacketInformation = LinkDataReader.Flag(attribute, ref unknown) },
        5 => detail with { VirtioHeader = LinkDataReader.Flag(attribute, ref unknown) },
        6 => detail with { Persistent = LinkDataReader.Flag(attribute, ref unknown) },
        7 => detail with { MultiQueue = LinkDataReader.Flag(attribute, ref unknown) },
        _ => detail,
    };

    /// <summary>IFF_TUN and IFF_TAP of linux/if_tun.h.</summary>
    private static string? TypeOf(in NetlinkAttribute attribute, ref int unknown)
    {
        switch (LinkDataReader.Byte(attribute, ref unknown))
        {
            case 1:
                return "tun";
            case 2:
                return "tap";
            case null:
                return null;
            default:
                unknown++;
                return null;
        }
    }
}
