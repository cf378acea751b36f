// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads neighbour tables (RTM_GETNEIGH; struct ndmsg and attributes of linux/neighbour.h).</summary>
internal static class NeighbourReader
{
    private const ushort NdaDestination = 1;

    /// <summary>NDA_FLAGS_EXT and NDA_NDM_*_MASK.</summary>
    private const ushort NdaHighestKnown = 17;

    private static readonly DumpKind Kind =
        new("neighbours", RtnetlinkTypes.GetNeighbour, RtnetlinkTypes.NewNeighbour, RtnetlinkTypes.NeighbourHeaderSize);

    public static Reading<IReadOnlyList<NeighbourFact>> Read(NetlinkConnection connection, Deadline deadline) =>
        FamilyDump.ReadBoth(connection, Kind, Decode, deadline);

    internal static NeighbourFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.NeighbourHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return null;
        }

        IpAddr? destination = null;
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.NeighbourHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == NdaDestination && RtnetlinkAddress.TryRead(family, attribute.Payload, out var value)) destination = value;
            else if (attribute.Type is NdaDestination or > NdaHighestKnown) unknown++;
        }

        if (reader.IsMalformed || destination is null) unknown++;
        return destination is null
            ? null
            : new NeighbourFact(MemoryMarshal.Read<int>(payload[4..]), destination.Value, StateOf(MemoryMarshal.Read<ushort>(payload[8..])));
    }

    /// <summary>NUD_*; the kernel sets one bit at a time.</summary>
    private static string StateOf(ushort state) => state switch
    {
        0 => "NONE",
        0x01 => "INCOMPLETE",
        0x02 => "REACHABLE",
        0x04 => "STALE",
        0x08 => "DELAY",
        0x10 => "PROBE",
        0x20 => "FAILED",
        0x40 => "NOARP",
        0x80 => "PERMANENT",
        _ => $"0x{state:x}",
    };
}
