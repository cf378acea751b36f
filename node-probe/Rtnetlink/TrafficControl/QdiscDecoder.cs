// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.TrafficControl;

/// <summary>Decodes RTM_NEWQDISC.</summary>
internal static class QdiscDecoder
{
    /// <summary>Kind of the discipline of devices that do not queue.</summary>
    public const string NoQueue = "noqueue";

    private const ushort TcaKind = 1;
    private const ushort TcaStats2 = 7;

    /// <summary>TCA_EXT_WARN_MSG.</summary>
    private const ushort TcaHighestKnown = 16;

    /// <summary>TCA_STATS_QUEUE of linux/gen_stats.h: struct gnet_stats_queue { qlen, backlog, drops, requeues, overlimits }.</summary>
    private const ushort StatsQueue = 3;

    private const int StatsQueueSize = 20;

    public static QdiscFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.TrafficControlHeaderSize)
        {
            unknown++;
            return null;
        }

        var kind = string.Empty;
        ReadOnlySpan<byte> queue = default;
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.TrafficControlHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == TcaKind ? !RtnetlinkText.TryReadWord(attribute, RtnetlinkTypes.MaxNameLength, out kind) : attribute.Type > TcaHighestKnown) unknown++;
            if (attribute.Type == TcaStats2) queue = QueueOf(attribute.Payload, ref unknown);
        }

        if (reader.IsMalformed || kind.Length == 0) unknown++;
        return kind.Length == 0 ? null : new QdiscFact
        {
            Link = MemoryMarshal.Read<int>(payload[4..]),
            Kind = kind,
            Handle = MemoryMarshal.Read<uint>(payload[8..]),
            Parent = MemoryMarshal.Read<uint>(payload[12..]),
            BacklogBytes = queue.IsEmpty ? null : MemoryMarshal.Read<uint>(queue[4..]),
            Drops = queue.IsEmpty ? null : MemoryMarshal.Read<uint>(queue[8..]),
            OverLimits = queue.IsEmpty ? null : MemoryMarshal.Read<uint>(queue[16..]),
        };
    }

    private static ReadOnlySpan<byte> QueueOf(ReadOnlySpan<byte> statistics, scoped ref int unknown)
    {
        ReadOnlySpan<byte> queue = default;
        var reader = new NetlinkAttributeReader(statistics);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type != StatsQueue) continue;
            if (attribute.Payload.Length >= StatsQueueSize) queue = attribute.Payload;
            else unknown++;
        }

        if (reader.IsMalformed) unknown++;
        return queue;
    }
}
