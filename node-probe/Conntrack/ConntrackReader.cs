// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Reads how full the connection tracking table of the calling thread's namespace is, how it is set, and what each CPU counted.</summary>
internal static class ConntrackReader
{
    public static Reading<ConntrackFact> Read(string procRoot, INetlinkTransportFactory netlink, Deadline deadline)
    {
        if (ConntrackPresence.MissingTracker(procRoot) is { } missing) return Reading<ConntrackFact>.None(missing.Reason, missing.Detail);
        var unknown = 0;
        var settings = ConntrackSettings.Read(ConntrackPresence.SettingsFolder(procRoot), ref unknown);
        var fact = new ConntrackFact
        {
            Entries = Take(settings, ConntrackSettings.Count),
            MaxEntries = Take(settings, ConntrackSettings.Max),
            Buckets = Take(settings, ConntrackSettings.Buckets),
            Settings = settings,
            StatisticsNotAvailable = ConntrackPresence.MissingNetlink(procRoot),
        };
        if (fact.StatisticsNotAvailable is not null) return Reading<ConntrackFact>.Of(fact, unknown: unknown);

        var opened = NetlinkConnection.TryOpen(netlink, CtAttribute.Protocol, secret: false, out var connection);
        if (connection is null) return Without(fact, opened, unknown);
        using (connection)
        {
            // Older kernels do not send the maximum; the setting has it anyway.
            var totals = new GlobalHandler();
            var asked = connection.Execute(CtRequest.Write(stackalloc byte[CtRequest.Size], CtAttribute.MessageStatistics, dump: false), totals, deadline);
            if (asked.IsOk) fact = fact with { Entries = totals.Entries ?? fact.Entries, MaxEntries = totals.MaxEntries ?? fact.MaxEntries };

            var cpus = new CpuStatisticsHandler();
            asked = connection.Execute(CtRequest.Write(stackalloc byte[CtRequest.Size], CtAttribute.MessageStatisticsCpu, dump: true), cpus, deadline);
            if (!asked.IsOk) return Without(fact, asked, unknown);
            return Reading<ConntrackFact>.Of(fact with { Statistics = cpus.Total, Cpus = cpus.Cpus }, unknown: unknown + cpus.Unknown);
        }
    }

    private static Reading<ConntrackFact> Without(ConntrackFact fact, NetlinkResult failure, int unknown) => Reading<ConntrackFact>.Of(
        fact with { StatisticsNotAvailable = Reading<ConntrackFact>.None(failure).NotAvailable }, unknown: unknown);

    private static long? Take(SortedDictionary<string, long> settings, string name) => settings.Remove(name, out var value) ? value : null;

    /// <summary>CTA_STATS_GLOBAL_*: 1 entries, 2 the most there may be.</summary>
    private sealed class GlobalHandler : INetlinkMessageHandler
    {
        public long? Entries { get; private set; }

        public long? MaxEntries { get; private set; }

        public void Begin() => (Entries, MaxEntries) = (null, null);

        public void Handle(in NetlinkMessage message)
        {
            if (message.Type != CtAttribute.MessageStatistics || message.Payload.Length < CtAttribute.HeaderSize) return;
            var reader = new NetlinkAttributeReader(message.Payload[CtAttribute.HeaderSize..]);
            while (reader.TryRead(out var attribute))
            {
                if (attribute.Payload.Length != sizeof(uint)) continue;
                var number = BinaryPrimitives.ReadUInt32BigEndian(attribute.Payload);
                if (attribute.Type == 1) Entries = number;
                else if (attribute.Type == 2) MaxEntries = number;
            }
        }
    }
}
