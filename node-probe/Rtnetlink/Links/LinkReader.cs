// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Reads network devices (RTM_GETLINK; attributes of linux/if_link.h).</summary>
internal static class LinkReader
{
    private static readonly DumpKind Kind = new("links", RtnetlinkTypes.GetLink, RtnetlinkTypes.NewLink, RtnetlinkTypes.LinkHeaderSize);

    public static Reading<IReadOnlyList<LinkFact>> Read(NetlinkConnection connection, Deadline deadline) =>
        FamilyDump.ReadOne(connection, Kind, family: 0, Decode, deadline);

    internal static LinkFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.LinkHeaderSize)
        {
            unknown++;
            return null;
        }

        var link = new LinkDecoder(payload);
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.LinkHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (!link.Apply(attribute, ref unknown)) unknown++;
        }

        if (reader.IsMalformed || link.Name.Length == 0) unknown++;
        return link.Name.Length == 0 ? null : link.Build();
    }
}
