// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Takes the counters of each CPU (CTA_STATS_*); the CPU's number is the message's resource id.</summary>
internal sealed class CpuStatisticsHandler : INetlinkMessageHandler
{
    /// <summary>CTA_STATS_CHAIN_TOOLONG.</summary>
    private const int Highest = 15;

    /// <summary>NR_CPUS of no kernel is higher.</summary>
    private const int MaxCpus = 8192;

    private readonly List<ConntrackCpuStatistics> _cpus = [];
    private readonly ulong?[] _total = new ulong?[Highest + 1];
    private bool _any;

    /// <summary>CPUs that counted anything.</summary>
    public IReadOnlyList<ConntrackCpuStatistics> Cpus => _cpus;

    /// <summary>The sums; null when no CPU was heard of.</summary>
    public ConntrackStatistics? Total => _any ? FactOf(_total) : null;

    public int Unknown { get; private set; }

    public void Begin()
    {
        _cpus.Clear();
        Array.Clear(_total);
        (_any, Unknown) = (false, 0);
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != CtAttribute.MessageStatisticsCpu || message.Payload.Length < CtAttribute.HeaderSize)
        {
            Unknown++;
            return;
        }

        Span<ulong?> values = stackalloc ulong?[Highest + 1];
        values.Clear();
        var counted = false;
        var reader = new NetlinkAttributeReader(message.Payload[CtAttribute.HeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type is 0 or > Highest || !attribute.TryGetUInt32BigEndian(out var value))
            {
                Unknown++;
                continue;
            }

            values[attribute.Type] = value;
            _total[attribute.Type] = (_total[attribute.Type] ?? 0) + value;
            counted |= value != 0;
        }

        if (reader.IsMalformed) Unknown++;
        _any = true;
        if (counted && _cpus.Count < MaxCpus)
            _cpus.Add(new ConntrackCpuStatistics(BinaryPrimitives.ReadUInt16BigEndian(message.Payload[2..]), FactOf(values)));
    }

    // 1, 3, 5, 6 and 7 (searched, new, ignore, delete, delete list) are no longer sent.
    private static ConntrackStatistics FactOf(ReadOnlySpan<ulong?> values) => new()
    {
        Found = CounterOf(values[2]),
        Invalid = CounterOf(values[4]),
        Insert = CounterOf(values[8]),
        InsertFailed = CounterOf(values[9]),
        Drop = CounterOf(values[10]),
        EarlyDrop = CounterOf(values[11]),
        Error = CounterOf(values[12]),
        SearchRestart = CounterOf(values[13]),
        ClashResolve = CounterOf(values[14]),
        ChainTooLong = CounterOf(values[15]),
    };

    private static Counter? CounterOf(ulong? value) => value is { } number ? new Counter(number) : null;
}
