// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>
/// Keeps a bounded number of flows, those that look more broken before those that look less. A flow that would not be kept costs nothing
/// but the look at its score.
/// </summary>
internal sealed class FlowKeeper(int limit)
{
    private readonly Stack<(FlowKey Key, ConntrackFlow Flow)>[] _levels = [.. Enumerable.Range(0, FlowScore.Levels).Select(_ => new Stack<(FlowKey, ConntrackFlow)>())];
    private readonly HashSet<FlowKey> _keys = [];
    private int _lowest = FlowScore.Levels;

    /// <summary>Flows that were offered, duplicates of kept ones not counted.</summary>
    public long Seen { get; private set; }

    /// <summary>The kept ones, broken-looking ones first, in the order they came.</summary>
    public IReadOnlyList<ConntrackFlow> Flows => [.. _levels.Reverse().SelectMany(level => level.Reverse()).Select(kept => kept.Flow)];

    public void Clear()
    {
        foreach (var level in _levels) level.Clear();
        _keys.Clear();
        _lowest = FlowScore.Levels;
        Seen = 0;
    }

    /// <summary>Offers an entry.</summary>
    public void Offer(ref readonly CtEntry entry, ref int unknown)
    {
        var score = FlowScore.Of(in entry);
        var full = _keys.Count >= limit;
        if (full && score <= _lowest)
        {
            Seen++;
            return;
        }

        // The dump may show an entry again when the table is resized under it.
        var key = FlowKey.Of(in entry);
        if (!_keys.Add(key)) return;
        Seen++;
        if (full) _keys.Remove(_levels[_lowest].Pop().Key);
        _levels[score].Push((key, CtFlowDecoder.Decode(in entry, ref unknown)));
        if (full || score < _lowest) _lowest = Array.FindIndex(_levels, level => level.Count > 0);
    }

    /// <summary>Identity of an entry: the id alone comes again.</summary>
    private readonly record struct FlowKey(uint Id, ushort Zone, UInt128 Source, UInt128 Destination, ulong Ports, uint Rest)
    {
        public static FlowKey Of(ref readonly CtEntry entry)
        {
            ref readonly var tuple = ref entry.Original;
            return new FlowKey(
                entry.Id,
                entry.Zone,
                new UInt128(tuple.SourceHigh, tuple.SourceLow),
                new UInt128(tuple.DestinationHigh, tuple.DestinationLow),
                ((ulong)tuple.SourcePort << 48) | ((ulong)tuple.DestinationPort << 32) | ((ulong)tuple.IcmpId << 16) | tuple.Zone,
                ((uint)tuple.IcmpType << 24) | ((uint)tuple.IcmpCode << 16) | ((uint)tuple.Protocol << 8) | tuple.Version);
        }
    }
}
