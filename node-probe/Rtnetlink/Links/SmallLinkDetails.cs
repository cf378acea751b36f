// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Decodes IFLA_INFO_DATA of the kinds of which one or two values matter.</summary>
internal static class SmallLinkDetails
{
    /// <summary>IFLA_BOND_MODE.</summary>
    private static readonly string[] BondModes =
        ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];

    /// <summary>IPVLAN_MODE_*.</summary>
    private static readonly string[] IpvlanModes = ["l2", "l3", "l3s"];

    /// <summary>IFLA_VLAN_ID and IFLA_VLAN_PROTOCOL; null when the id is missing.</summary>
    public static VlanDetail? DecodeVlan(in NetlinkAttribute data, ref int unknown)
    {
        const ushort defaultProtocol = 0x8100; // ETH_P_8021Q: what kernels before 3.10 do not say
        ushort? id = null;
        ushort? protocol = null;
        var reader = data.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == 1) id = LinkDataReader.UInt16(attribute, ref unknown);
            else if (attribute.Type == 5) protocol = LinkDataReader.UInt16BigEndian(attribute, ref unknown);
        }

        if (reader.IsMalformed) unknown++;
        return id is { } number ? new VlanDetail(number, protocol ?? defaultProtocol) : null;
    }

    /// <summary>IFLA_MACVLAN_MODE: one bit of MACVLAN_MODE_*.</summary>
    public static string? DecodeMacvlanMode(in NetlinkAttribute data, ref int unknown)
    {
        switch (DecodeNumber(data, number: 1, ref unknown))
        {
            case 1:
                return "private";
            case 2:
                return "vepa";
            case 4:
                return "bridge";
            case 8:
                return "passthru";
            case 16:
                return "source";
            case null:
                return null;
            default:
                unknown++;
                return null;
        }
    }

    /// <summary>IFLA_IPVLAN_MODE.</summary>
    public static string? DecodeIpvlanMode(in NetlinkAttribute data, ref int unknown)
    {
        string? mode = null;
        var reader = data.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == 1) mode = Name(IpvlanModes, LinkDataReader.UInt16(attribute, ref unknown), ref unknown);
        }

        if (reader.IsMalformed) unknown++;
        return mode;
    }

    /// <summary>A u32 by its number.</summary>
    public static uint? DecodeNumber(in NetlinkAttribute data, ushort number, ref int unknown)
    {
        uint? value = null;
        var reader = data.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == number) value = LinkDataReader.UInt32(attribute, ref unknown);
        }

        if (reader.IsMalformed) unknown++;
        return value;
    }

    /// <summary>IFLA_BOND_MODE and IFLA_BOND_ACTIVE_SLAVE.</summary>
    public static LinkDetailFact DecodeBond(in NetlinkAttribute data, ref int unknown)
    {
        string? mode = null;
        int? active = null;
        var reader = data.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == 1) mode = Name(BondModes, LinkDataReader.Byte(attribute, ref unknown), ref unknown);
            else if (attribute.Type == 2) active = LinkDataReader.Link(attribute, ref unknown);
        }

        if (reader.IsMalformed) unknown++;
        return new LinkDetailFact { BondMode = mode, BondActiveLink = active };
    }

    private static string? Name(string[] names, int? number, ref int unknown)
    {
        if (number is null) return null;
        if (number < names.Length) return names[number.Value];
        unknown++;
        return null;
    }
}
