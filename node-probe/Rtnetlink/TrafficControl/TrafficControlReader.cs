// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.TrafficControl;

/// <summary>Reads queueing disciplines of all devices and the filters of those that have <c>clsact</c> or <c>ingress</c> (struct tcmsg).</summary>
internal static class TrafficControlReader
{
    /// <summary>The most disciplines, and the most filters, that are kept.</summary>
    private const int MaxRecords = 10_000;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) of linux/pkt_sched.h.</summary>
    private const uint ParentIngress = 0xfffffff2;

    /// <summary>TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS).</summary>
    private const uint ParentEgress = 0xfffffff3;

    public static Reading<TrafficControlFact> Read(NetlinkConnection connection, Deadline deadline)
    {
        var qdiscs = new DumpCollector<QdiscFact>(RtnetlinkTypes.NewQdisc, QdiscDecoder.Decode, MaxRecords);
        var result = Dump(connection, RtnetlinkTypes.GetQdisc, link: 0, parent: 0, qdiscs, deadline);
        // A kernel without traffic control does not know the message.
        if (result.IsRefusedWith(Errno.NotSupported))
            return Reading<TrafficControlFact>.None(NotAvailableReason.NotPresent, "this kernel has no traffic control");
        if (!result.IsOk) return Reading<TrafficControlFact>.None(result);

        var interrupted = result.Interrupted;
        var unknown = qdiscs.Unknown;
        var filters = new List<PacketFilterFact>();
        var seen = qdiscs.Seen;
        foreach (var (link, parent) in PlacesOf(qdiscs.Items))
        {
            var collector = new DumpCollector<PacketFilterFact>(
                RtnetlinkTypes.NewFilter,
                (ReadOnlySpan<byte> payload, ref int misread) => PacketFilterDecoder.Decode(payload, DirectionOf(parent), ref misread),
                MaxRecords - filters.Count);
            var dumped = Dump(connection, RtnetlinkTypes.GetFilter, link, parent, collector, deadline);
            // The device or its discipline went away in between: then it has no filters.
            if (dumped.Outcome == NetlinkOutcome.Refused) continue;
            if (!dumped.IsOk) return Reading<TrafficControlFact>.None(dumped);
            filters.AddRange(collector.Items);
            interrupted |= dumped.Interrupted;
            unknown += collector.Unknown;
            seen += collector.Seen;
        }

        IReadOnlyList<QdiscFact> kept = [.. qdiscs.Items.Where(qdisc => qdisc.Kind != QdiscDecoder.NoQueue)];
        return Reading<TrafficControlFact>.Of(
            new TrafficControlFact { Qdiscs = kept, Filters = filters },
            interrupted,
            unknown,
            seen: seen > qdiscs.Items.Count + filters.Count ? seen : null);
    }

    private static IEnumerable<(int Link, uint Parent)> PlacesOf(IReadOnlyList<QdiscFact> qdiscs)
    {
        foreach (var qdisc in qdiscs)
        {
            if (qdisc.Kind is not ("clsact" or "ingress")) continue;
            // An ingress discipline has one place only, and calls it by its own handle.
            yield return (qdisc.Link, qdisc.Kind == "ingress" ? qdisc.Handle : ParentIngress);
            if (qdisc.Kind == "clsact") yield return (qdisc.Link, ParentEgress);
        }
    }

    private static string DirectionOf(uint parent) => parent == ParentEgress ? "egress" : "ingress";

    private static NetlinkResult Dump(
        NetlinkConnection connection, ushort message, int link, uint parent, INetlinkMessageHandler handler, Deadline deadline)
    {
        Span<byte> header = stackalloc byte[RtnetlinkTypes.TrafficControlHeaderSize];
        header.Clear();
        MemoryMarshal.Write(header[4..], link);
        MemoryMarshal.Write(header[12..], parent);
        var writer = new NetlinkMessageWriter(stackalloc byte[64], message, NetlinkConstants.FlagDump);
        writer.WriteHeader(header);
        return connection.Execute(writer.Complete(), handler, deadline);
    }
}
