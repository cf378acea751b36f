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
    public void Offer(in CtEntry entry, ref int unknown)
    {
        var score = FlowScore.Of(in entry);
        var full = _keys.Count >= limit;
        if (full && score <= _lowest)
        {
            Seen++;
            return;
        }

        // The dump may show an entry again when the table is resized under it.
        var key = new FlowKey(entry.Id, entry.Zone, entry.Original);
        if (!_keys.Add(key)) return;
        Seen++;
        if (full) _keys.Remove(_levels[_lowest].Pop().Key);
        _levels[score].Push((key, CtFlowDecoder.Decode(in entry, ref unknown)));
        if (full || score < _lowest) _lowest = Array.FindIndex(_levels, level => level.Count > 0);
    }

    /// <summary>Identity of an entry: the id alone comes again.</summary>
    private readonly record struct FlowKey
    {
        private readonly (uint Id, ushort Zone, ulong, ulong, ulong, ulong) _first;
        private readonly (ushort, ushort, ushort, ushort, byte, byte, byte, byte) _second;

        public FlowKey(uint id, ushort zone, in CtTuple tuple)
        {
            _first = (id, zone, tuple.SourceHigh, tuple.SourceLow, tuple.DestinationHigh, tuple.DestinationLow);
            _second = (tuple.SourcePort, tuple.DestinationPort, tuple.IcmpId, tuple.Zone, tuple.IcmpType, tuple.IcmpCode, tuple.Protocol, tuple.Version);
        }
    }
}
