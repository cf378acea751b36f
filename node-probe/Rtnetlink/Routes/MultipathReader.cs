// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Reads RTA_MULTIPATH: a list of struct rtnexthop (length with header u16, flags u8, weight u8, interface i32, attributes).</summary>
internal static class MultipathReader
{
    /// <summary>The hops up to the first whose length cannot be.</summary>
    public static IReadOnlyList<NextHopFact> Read(IpFamily family, ReadOnlySpan<byte> multipath, ref int unknown)
    {
        var hops = new List<NextHopFact>();
        while (TryTake(ref multipath, out var hop)) hops.Add(Decode(family, hop, ref unknown));
        if (!multipath.IsEmpty) unknown++;
        return hops;
    }

    /// <summary>True when any hop leaves by one of these devices.</summary>
    public static bool LeadsTo(ReadOnlySpan<byte> multipath, HashSet<int> links)
    {
        while (TryTake(ref multipath, out var hop))
        {
            if (links.Contains(MemoryMarshal.Read<int>(hop[4..]))) return true;
        }

        return false;
    }

    /// <summary>struct rtvia: a gateway of the other family.</summary>
    public static bool TryReadVia(ReadOnlySpan<byte> via, out IpAddr gateway)
    {
        gateway = default;
        if (via.Length < sizeof(ushort)) return false;
        var family = MemoryMarshal.Read<ushort>(via);
        return family <= byte.MaxValue && RtnetlinkAddress.TryFamily((byte)family, out var known) && RtnetlinkAddress.TryRead(known, via[2..], out gateway);
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> hop)
    {
        hop = default;
        if (rest.Length < RtnetlinkTypes.MultipathHeaderSize) return false;
        var length = MemoryMarshal.Read<ushort>(rest);
        if (length < RtnetlinkTypes.MultipathHeaderSize || length > rest.Length) return false;
        hop = rest[..length];
        rest = rest[Math.Min(NetlinkConstants.Align(length), rest.Length)..];
        return true;
    }

    private static NextHopFact Decode(IpFamily family, ReadOnlySpan<byte> hop, ref int unknown)
    {
        // A nested multipath is nobody's format.
        IpAddr? gateway = null;
        string? encapsulation = null;
        var reader = new NetlinkAttributeReader(hop[RtnetlinkTypes.MultipathHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case RouteAttributeTypes.Gateway when RtnetlinkAddress.TryRead(family, attribute.Payload, out var plain):
                    gateway = plain;
                    break;
                case RouteAttributeTypes.Via when TryReadVia(attribute.Payload, out var via):
                    gateway = via;
                    break;
                case RouteAttributeTypes.EncapsulationType when attribute.TryGetUInt16(out var type):
                    encapsulation = EncapsulationNames.Of(type);
                    break;
                case RouteAttributeTypes.Gateway or RouteAttributeTypes.Via or RouteAttributeTypes.EncapsulationType or > RouteAttributeTypes.HighestKnown:
                    unknown++;
                    break;
            }
        }

        if (reader.IsMalformed) unknown++;
        var flags = hop[2];
        return new NextHopFact(
            MemoryMarshal.Read<int>(hop[4..]),
            gateway,
            (flags & RouteAttributeTypes.FlagsDead) != 0,
            hop[3] + 1, // rtnh_hops: the weight less one
            flags == 0 ? null : flags,
            encapsulation);
    }
}
