// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads addresses (RTM_GETADDR; struct ifaddrmsg and attributes of linux/if_addr.h).</summary>
internal static class AddressReader
{
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;
    private const ushort IfaFlags = 8;

    /// <summary>IFA_PROTO.</summary>
    private const ushort IfaHighestKnown = 11;

    private const uint FlagDadFailed = 0x08;
    private const uint FlagTentative = 0x40;

    private static readonly DumpKind Kind =
        new("addresses", RtnetlinkTypes.GetAddress, RtnetlinkTypes.NewAddress, RtnetlinkTypes.AddressHeaderSize);

    public static Reading<IReadOnlyList<AddressFact>> Read(NetlinkConnection connection, Deadline deadline) =>
        FamilyDump.ReadBoth(connection, Kind, Decode, deadline);

    internal static AddressFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.AddressHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return null;
        }

        IpAddr? address = null;
        IpAddr? local = null;
        uint flags = payload[2];
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.AddressHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case IfaAddress when RtnetlinkAddress.TryRead(family, attribute.Payload, out var value):
                    address = value;
                    break;
                case IfaLocal when RtnetlinkAddress.TryRead(family, attribute.Payload, out var value):
                    local = value;
                    break;
                case IfaFlags when attribute.TryGetUInt32(out var value):
                    flags = value;
                    break;
                case IfaAddress or IfaLocal or IfaFlags or > IfaHighestKnown:
                    unknown++;
                    break;
            }
        }

        // On a point-to-point device IFA_ADDRESS is the other end's.
        var own = local ?? address;
        if (reader.IsMalformed || own is null || payload[1] > own.Value.Width) unknown++;
        if (own is null || payload[1] > own.Value.Width) return null;
        return new AddressFact
        {
            Link = MemoryMarshal.Read<int>(payload[4..]),
            Address = own.Value,
            PrefixLength = payload[1],
            Scope = payload[3],
            Unusable = (flags & (FlagTentative | FlagDadFailed)) != 0,
        };
    }
}
