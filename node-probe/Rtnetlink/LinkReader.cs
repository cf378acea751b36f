// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads network devices (RTM_GETLINK; attributes of linux/if_link.h).</summary>
internal static class LinkReader
{
    private const ushort IflaName = 3;
    private const ushort IflaMtu = 4;
    private const ushort IflaLink = 5;
    private const ushort IflaMaster = 10;
    private const ushort IflaOperState = 16;
    private const ushort IflaLinkInfo = 18;
    private const ushort IflaStats64 = 23;
    private const ushort IflaLinkNetnsId = 37;

    /// <summary>Attributes up to here are known and left aside on purpose (Linux 6.12: IFLA_DPLL_PIN and a few more).</summary>
    private const ushort IflaHighestKnown = 70;
    private const ushort IflaInfoKind = 1;

    private const uint IffUp = 0x1;
    private const uint IffLoopback = 0x8;
    private const uint IffPointToPoint = 0x10;
    private const uint IffLowerUp = 0x10000;

    private static readonly DumpKind Kind = new("links", RtnetlinkTypes.GetLink, RtnetlinkTypes.NewLink, RtnetlinkTypes.LinkHeaderSize);

    /// <summary>IF_OPER_* (RFC 2863) in the kernel's words.</summary>
    private static readonly string[] OperStates = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"];

    public static Reading<IReadOnlyList<LinkFact>> Read(NetlinkConnection connection, Deadline deadline) =>
        FamilyDump.ReadOne(connection, Kind, family: 0, Decode, deadline);

    internal static LinkFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.LinkHeaderSize)
        {
            unknown++;
            return null;
        }

        var flags = MemoryMarshal.Read<uint>(payload[8..]);
        var link = new LinkFact
        {
            Index = MemoryMarshal.Read<int>(payload[4..]),
            Name = string.Empty,
            Up = (flags & IffUp) != 0,
            LowerUp = (flags & IffLowerUp) != 0,
            Loopback = (flags & IffLoopback) != 0,
            PointToPoint = (flags & IffPointToPoint) != 0,
        };
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.LinkHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (Apply(link, attribute) is { } changed) link = changed;
            else unknown++;
        }

        if (reader.IsMalformed || link.Name.Length == 0) unknown++;
        return link.Name.Length == 0 ? null : link;
    }

    /// <summary>The link with the attribute; null when it was not understood.</summary>
    private static LinkFact? Apply(LinkFact link, in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case IflaName:
                return attribute.TryGetString(RtnetlinkTypes.MaxNameLength, out var name) ? link with { Name = name } : null;
            case IflaMtu:
                return attribute.TryGetUInt32(out var mtu) && mtu <= int.MaxValue ? link with { Mtu = (int)mtu } : null;
            case IflaLink:
                // 0 = a tunnel that is bound to no lower device.
                return attribute.TryGetInt32(out var lower) ? link with { Peer = lower == 0 ? null : lower } : null;
            case IflaMaster:
                return attribute.TryGetInt32(out var master) ? link with { Master = master == 0 ? null : master } : null;
            case IflaOperState:
                return attribute.TryGetByte(out var state) && state < OperStates.Length ? link with { OperState = OperStates[state] } : null;
            case IflaLinkInfo:
                return TryReadKind(attribute, out var kind) ? link with { Kind = kind } : null;
            case IflaStats64:
                return link with { Counters = LinkStatistics.Decode(attribute.Payload) };
            case IflaLinkNetnsId:
                return link with { PeerInOtherNamespace = true };
            default:
                return attribute.Type <= IflaHighestKnown ? link : null;
        }
    }

    private static bool TryReadKind(in NetlinkAttribute info, out string? kind)
    {
        kind = null;
        var reader = info.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == IflaInfoKind && attribute.TryGetString(64, out var text)) kind = text;
        }

        return !reader.IsMalformed;
    }
}
