// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>
/// Passes once over the connection tracking table of the calling thread's namespace. The table is never held: every entry is counted as it
/// goes by, and a bounded number of those that concern tunnels is kept.
/// </summary>
internal static class ConntrackFlowReader
{
    public static Reading<ConntrackFlows> Read(
        string procRoot, INetlinkTransportFactory netlink, IReadOnlyList<WireGuardDeviceFact> devices, ConntrackLimits limits, Deadline deadline)
    {
        var missing = ConntrackPresence.MissingTracker(procRoot) ?? ConntrackPresence.MissingNetlink(procRoot);
        if (missing is not null) return Reading<ConntrackFlows>.None(missing.Reason, missing.Detail);
        var opened = NetlinkConnection.TryOpen(netlink, CtAttribute.Protocol, secret: false, out var connection);
        if (connection is null) return Reading<ConntrackFlows>.None(opened);
        using (connection) return Read(connection, devices, limits, deadline);
    }

    internal static Reading<ConntrackFlows> Read(
        NetlinkConnection connection, IReadOnlyList<WireGuardDeviceFact> devices, ConntrackLimits limits, Deadline deadline)
    {
        var handler = new FlowHandler(new ConntrackInterest(devices, limits.Paths), limits);
        var request = CtRequest.Write(stackalloc byte[CtRequest.Size], CtAttribute.MessageGet, dump: true);
        var result = connection.Execute(request, handler, deadline);
        // A huge table that the time did not suffice for still says much; any other failure may mean that what was read is wrong.
        var cutShort = result.Outcome == NetlinkOutcome.TimedOut && handler.Counts.Total > 0;
        if (!result.IsOk && !cutShort) return Reading<ConntrackFlows>.None(result);

        var outer = handler.Outer.Flows;
        var flows = new ConntrackFlows
        {
            Seen = handler.Counts.Total,
            Complete = !cutShort,
            Counts = handler.Counts.ToFacts(),
            Zones = handler.Counts.ZonesToFacts(),
            EndpointNat = EndpointNats.Of(devices, outer),
            OuterSeen = handler.Outer.Seen,
            Outer = outer.Count <= limits.OuterShown ? outer : [.. outer.Take(limits.OuterShown)],
            InnerSeen = handler.Inner.Seen,
            Inner = handler.Inner.Flows,
        };
        return Reading<ConntrackFlows>.Of(flows, result.Interrupted, handler.Unknown, seen: flows.Seen);
    }

    private sealed class FlowHandler(ConntrackInterest interest, ConntrackLimits limits) : INetlinkMessageHandler
    {
        private int _unknown;

        public FlowCounts Counts { get; } = new();

        public FlowKeeper Outer { get; } = new(limits.Outer);

        public FlowKeeper Inner { get; } = new(limits.Inner);

        public int Unknown => _unknown;

        public void Begin()
        {
            Counts.Clear();
            Outer.Clear();
            Inner.Clear();
            _unknown = 0;
        }

        public void Handle(in NetlinkMessage message)
        {
            // Answers to "get" are of the type "new".
            if (message.Type != CtAttribute.MessageNew)
            {
                _unknown++;
                return;
            }

            if (!CtEntry.TryRead(message.Payload, out var entry, ref _unknown)) return;
            Counts.Add(in entry);
            switch (interest.KindOf(in entry))
            {
                case FlowKind.Outer:
                    Outer.Offer(in entry, ref _unknown);
                    break;
                case FlowKind.Inner:
                    Inner.Offer(in entry, ref _unknown);
                    break;
            }
        }
    }
}
