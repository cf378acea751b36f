// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>
/// Writes the growth of counters into the facts of the window's end. What was not there at the start, or is another thing under
/// the same name, has no growth.
/// </summary>
internal static class GrowthMerger
{
    /// <summary>Applies the growth of every reader that counts, to the node and to each namespace that was there at both times.</summary>
    public static NodeFacts Merge(NodeFacts start, NodeFacts end)
    {
        var before = start.Namespaces.ToLookup(space => space.Id, StringComparer.Ordinal);
        var merged = end with
        {
            Namespaces = [.. end.Namespaces.Select(space => before[space.Id].FirstOrDefault() is { } known ? Merge(known, space) : space)],
        };
        return NodeReaders.All.Aggregate(merged, (facts, reader) => reader.Growth?.Invoke(start, facts) ?? facts);
    }

    /// <summary>Applies the growth of every reader of namespaces that counts.</summary>
    public static NamespaceFacts Merge(NamespaceFacts start, NamespaceFacts end) =>
        NamespaceReaders.All.Aggregate(end, (facts, reader) => reader.Growth?.Invoke(start, facts) ?? facts);

    public static NamespaceFacts Links(NamespaceFacts start, NamespaceFacts end) =>
        end with { Links = end.Links with { Value = MergeLinks(start.Links.Value, end.Links.Value) } };

    public static NamespaceFacts KernelWireGuard(NamespaceFacts start, NamespaceFacts end) =>
        end with { KernelWireGuard = end.KernelWireGuard with { Value = MergeDevices(start.KernelWireGuard.Value, end.KernelWireGuard.Value) } };

    public static NamespaceFacts UserspaceWireGuard(NamespaceFacts start, NamespaceFacts end) =>
        end with { UserspaceWireGuard = end.UserspaceWireGuard with { Value = MergeDevices(start.UserspaceWireGuard.Value, end.UserspaceWireGuard.Value) } };

    public static NamespaceFacts ProtocolCounters(NamespaceFacts start, NamespaceFacts end) =>
        end with { ProtocolCounters = end.ProtocolCounters with { Value = MergeCounters(start.ProtocolCounters.Value, end.ProtocolCounters.Value) } };

    public static NamespaceFacts TrafficControl(NamespaceFacts start, NamespaceFacts end)
    {
        if (start.TrafficControl?.Value?.Qdiscs is not { } first || end.TrafficControl?.Value is not { } last) return end;
        var before = first.ToLookup(qdisc => (qdisc.Link, qdisc.Kind, qdisc.Handle, qdisc.Parent), qdisc => qdisc.Drops);
        return end with
        {
            TrafficControl = end.TrafficControl with
            {
                Value = last with
                {
                    // Counters of 32 bits that wrap around; a discipline made anew has none before.
                    Qdiscs = [.. last.Qdiscs.Select(qdisc => qdisc with
                    {
                        DropGrowth = before[(qdisc.Link, qdisc.Kind, qdisc.Handle, qdisc.Parent)].FirstOrDefault() is { } old && qdisc.Drops is { } now ? unchecked(now - old) : null,
                    })],
                },
            },
        };
    }

    private static IReadOnlyList<LinkFact>? MergeLinks(IReadOnlyList<LinkFact>? start, IReadOnlyList<LinkFact>? end)
    {
        if (start is null || end is null) return end;
        // Index and name: an index comes back after a namespace move, a name after delete and add.
        var before = start.ToLookup(link => (link.Index, link.Name), link => link.Counters);
        return [.. end.Select(link => link with { Counters = Merge(before[(link.Index, link.Name)].FirstOrDefault(), link.Counters) })];
    }

    private static LinkCounters? Merge(LinkCounters? start, LinkCounters? end) => start is null || end is null ? end : new LinkCounters
    {
        RxPackets = Merge(start.RxPackets, end.RxPackets),
        TxPackets = Merge(start.TxPackets, end.TxPackets),
        RxBytes = Merge(start.RxBytes, end.RxBytes),
        TxBytes = Merge(start.TxBytes, end.TxBytes),
        RxErrors = Merge(start.RxErrors, end.RxErrors),
        TxErrors = Merge(start.TxErrors, end.TxErrors),
        RxDropped = Merge(start.RxDropped, end.RxDropped),
        TxDropped = Merge(start.TxDropped, end.TxDropped),
        RxLengthErrors = Merge(start.RxLengthErrors, end.RxLengthErrors),
        RxFrameErrors = Merge(start.RxFrameErrors, end.RxFrameErrors),
        Multicast = Merge(start.Multicast, end.Multicast),
        Collisions = Merge(start.Collisions, end.Collisions),
        RxOverErrors = Merge(start.RxOverErrors, end.RxOverErrors),
        RxCrcErrors = Merge(start.RxCrcErrors, end.RxCrcErrors),
        RxFifoErrors = Merge(start.RxFifoErrors, end.RxFifoErrors),
        RxMissedErrors = Merge(start.RxMissedErrors, end.RxMissedErrors),
        TxAbortedErrors = Merge(start.TxAbortedErrors, end.TxAbortedErrors),
        TxCarrierErrors = Merge(start.TxCarrierErrors, end.TxCarrierErrors),
        TxFifoErrors = Merge(start.TxFifoErrors, end.TxFifoErrors),
        TxHeartbeatErrors = Merge(start.TxHeartbeatErrors, end.TxHeartbeatErrors),
        TxWindowErrors = Merge(start.TxWindowErrors, end.TxWindowErrors),
        RxCompressed = Merge(start.RxCompressed, end.RxCompressed),
        TxCompressed = Merge(start.TxCompressed, end.TxCompressed),
        RxNoHandler = Merge(start.RxNoHandler, end.RxNoHandler),
        RxOtherHostDropped = Merge(start.RxOtherHostDropped, end.RxOtherHostDropped),
    };

    private static IReadOnlyList<WireGuardDeviceFact>? MergeDevices(
        IReadOnlyList<WireGuardDeviceFact>? start, IReadOnlyList<WireGuardDeviceFact>? end)
    {
        if (start is null || end is null) return end;
        var before = start.SelectMany(device => device.Peers, (device, peer) => (device.Name, peer))
            .ToLookup(known => (known.Name, known.peer.PublicKey), known => known.peer);
        return [.. end.Select(device => device with { Peers = [.. device.Peers.Select(peer => Merge(before[(device.Name, peer.PublicKey)].FirstOrDefault(), peer))] })];
    }

    private static WireGuardPeerFact Merge(WireGuardPeerFact? start, WireGuardPeerFact end) => start is null ? end : end with
    {
        Received = Merge(start.Received, end.Received),
        Sent = Merge(start.Sent, end.Sent),
        PreviousEndpoint = start.Endpoint == end.Endpoint ? null : start.Endpoint,
    };

    private static IReadOnlyDictionary<string, Counter>? MergeCounters(
        IReadOnlyDictionary<string, Counter>? start, IReadOnlyDictionary<string, Counter>? end)
    {
        if (start is null || end is null) return end;
        var merged = new SortedDictionary<string, Counter>(StringComparer.Ordinal);
        foreach (var (name, counter) in end)
            merged[name] = start.TryGetValue(name, out var before) ? Merge(before, counter) : counter;
        return merged;
    }

    /// <summary>For counters that are null when they are zero.</summary>
    private static Counter? Merge(Counter? start, Counter? end) => end is { } to ? Merge(start ?? default, to) : null;

    private static Counter Merge(Counter start, Counter end) => Counter.Between(start.Value, end.Value);
}
