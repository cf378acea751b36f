// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Reads nexthop objects (RTM_GETNEXTHOP, Linux 5.3; struct nhmsg and attributes of linux/nexthop.h).</summary>
internal static class NextHopReader
{
    private const ushort NhaId = 1;
    private const ushort NhaGroup = 2;
    private const ushort NhaBlackhole = 4;
    private const ushort NhaOutputInterface = 5;
    private const ushort NhaGateway = 6;
    private const ushort NhaEncapsulationType = 7;

    /// <summary>NHA_OP_FLAGS and group statistics (Linux 6.9).</summary>
    private const ushort NhaHighestKnown = 19;

    /// <summary>sizeof(struct nexthop_grp): id u32, weight less one u8, its upper half u8 (Linux 6.12), 2 more.</summary>
    private const int GroupEntrySize = 8;

    private static readonly DumpKind Kind = new("nexthops", RtnetlinkTypes.GetNextHop, RtnetlinkTypes.NewNextHop, RtnetlinkTypes.NextHopHeaderSize);

    public static Reading<NextHopTable> Read(NetlinkConnection connection, Deadline deadline)
    {
        var dump = FamilyDump.ReadOne<NextHopObject>(connection, Kind, family: 0, Decode, deadline);
        return dump.Value is { } objects
            ? Reading<NextHopTable>.Of(new NextHopTable(objects), dump.Interrupted, dump.Unknown, dump.Cut)
            : Reading<NextHopTable>.None(dump.NotAvailable!.Reason, dump.NotAvailable.Detail);
    }

    internal static NextHopObject? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.NextHopHeaderSize)
        {
            unknown++;
            return null;
        }

        var hop = new NextHopObject { Flags = MemoryMarshal.Read<uint>(payload[4..]) };
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.NextHopHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (Apply(hop, attribute) is { } changed) hop = changed;
            else unknown++;
        }

        if (reader.IsMalformed || hop.Id == 0) unknown++;
        return hop.Id == 0 ? null : hop;
    }

    private static NextHopObject? Apply(NextHopObject hop, in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case NhaId:
                return attribute.TryGetUInt32(out var id) ? hop with { Id = id } : null;
            case NhaGroup:
                return TryReadGroup(attribute.Payload, out var members) ? hop with { Members = members } : null;
            case NhaBlackhole:
                return hop with { Blackhole = true };
            case NhaOutputInterface:
                return attribute.TryGetInt32(out var link) ? hop with { Link = link } : null;
            case NhaGateway:
                return IpAddr.TryFromNetworkBytes(attribute.Payload, out var gateway) ? hop with { Gateway = gateway } : null;
            case NhaEncapsulationType:
                return attribute.TryGetUInt16(out var type) ? hop with { Encapsulation = EncapsulationNames.Of(type) } : null;
            default:
                return attribute.Type <= NhaHighestKnown ? hop : null;
        }
    }

    private static bool TryReadGroup(ReadOnlySpan<byte> payload, out (uint Id, int Weight)[] members)
    {
        members = new (uint, int)[payload.Length / GroupEntrySize];
        for (var i = 0; i < members.Length; i++)
        {
            var entry = payload.Slice(i * GroupEntrySize, GroupEntrySize);
            members[i] = (MemoryMarshal.Read<uint>(entry), (entry[5] << 8 | entry[4]) + 1);
        }

        return payload.Length % GroupEntrySize == 0;
    }
}

/// <summary>A nexthop object: one hop, a blackhole, or a group of other objects (groups do not nest).</summary>
internal sealed record NextHopObject
{
    public uint Id { get; init; }

    public int? Link { get; init; }

    public IpAddr? Gateway { get; init; }

    /// <summary>RTNH_F_*.</summary>
    public uint Flags { get; init; }

    public string? Encapsulation { get; init; }

    public bool Blackhole { get; init; }

    public IReadOnlyList<(uint Id, int Weight)> Members { get; init; } = [];
}
