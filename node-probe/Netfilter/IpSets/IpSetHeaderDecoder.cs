// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.IpSets;

/// <summary>Decodes how a set was made (IPSET_ATTR_DATA of IPSET_CMD_LIST). Sizes and hashes of the kernel's storage do not decide anything and are left out.</summary>
internal static class IpSetHeaderDecoder
{
    public static IpSet Decode(IpSet set, ReadOnlySpan<byte> data)
    {
        var reader = new NetlinkAttributeReader(data);
        while (reader.TryRead(out var attribute)) set = Take(set, attribute);
        return set;
    }

    private static IpSet Take(IpSet set, in NetlinkAttribute attribute)
    {
        var value = attribute.Payload;
        return attribute.Type switch
        {
            1 when TryAddress(attribute, out var from) => set with { RangeFrom = from },
            2 when TryAddress(attribute, out var to) => set with { RangeTo = to },
            4 when value.Length == 2 => set with { PortFrom = BinaryPrimitives.ReadUInt16BigEndian(value) },
            5 when value.Length == 2 => set with { PortTo = BinaryPrimitives.ReadUInt16BigEndian(value) },
            6 when attribute.TryGetUInt32BigEndian(out var seconds) => set with { TimeoutSeconds = seconds },
            11 when attribute.TryGetUInt32BigEndian(out var mask) => set with { MarkMask = mask },
            20 when value.Length == 1 => set with { NetMask = value[0] },
            24 when attribute.TryGetUInt32BigEndian(out var count) => set with { Count = count },
            _ => set,
        };
    }

    private static bool TryAddress(in NetlinkAttribute attribute, out IpAddr address)
    {
        var reader = attribute.Nested();
        address = default;
        return reader.TryRead(out var inner) && inner.Payload.Length is 4 or 16 && IpAddr.TryFromNetworkBytes(inner.Payload, out address);
    }
}
