// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Values of IFLA_INFO_DATA; each counts what has another shape than its kernel header says.</summary>
internal static class LinkDataReader
{
    public static byte? Byte(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.TryGetByte(out var value)) return value;
        unknown++;
        return null;
    }

    public static bool? Flag(in NetlinkAttribute attribute, ref int unknown) => Byte(attribute, ref unknown) is { } value ? value != 0 : null;

    public static ushort? UInt16(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.TryGetUInt16(out var value)) return value;
        unknown++;
        return null;
    }

    public static ushort? UInt16BigEndian(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.TryGetUInt16BigEndian(out var value)) return value;
        unknown++;
        return null;
    }

    public static uint? UInt32(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.TryGetUInt32(out var value)) return value;
        unknown++;
        return null;
    }

    public static uint? UInt32BigEndian(in NetlinkAttribute attribute, ref int unknown)
    {
        if (attribute.TryGetUInt32BigEndian(out var value)) return value;
        unknown++;
        return null;
    }

    /// <summary>An interface index; null for 0, which is no device.</summary>
    public static int? Link(in NetlinkAttribute attribute, ref int unknown) =>
        UInt32(attribute, ref unknown) is { } index and not 0 ? (int)index : null;

    /// <summary>An address; null for the unspecified one, which means any.</summary>
    public static IpAddr? Address(in NetlinkAttribute attribute, ref int unknown)
    {
        if (IpAddr.TryFromNetworkBytes(attribute.Payload, out var address)) return address.IsUnspecified ? null : address;
        unknown++;
        return null;
    }
}
