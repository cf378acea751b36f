// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Counts entries by what they are, in tables of a fixed size.</summary>
internal sealed class FlowCounts
{
    /// <summary>Protocols that are counted one by one; a node has seven at most, a flood of strange ones shares the last row.</summary>
    private const int Protocols = 32;
    private const int States = 17;
    private const int NoState = States - 1;
    private const int MaxZones = 64;

    private readonly long[] _counts = new long[Protocols * States * 32];
    private readonly sbyte[] _rowOf = new sbyte[256];
    private readonly byte[] _protocolOf = new byte[Protocols];
    private readonly SortedDictionary<ushort, long> _zones = [];
    private int _rows;

    public long Total { get; private set; }

    /// <summary>More zones than are counted were seen.</summary>
    public bool ZonesCut { get; private set; }

    public void Clear()
    {
        Array.Clear(_counts);
        Array.Fill(_rowOf, (sbyte)-1);
        _zones.Clear();
        (_rows, Total, ZonesCut) = (0, 0, false);
    }

    public void Add(ref readonly CtEntry entry)
    {
        Total++;
        var row = _rowOf[entry.Original.Protocol];
        if (row < 0) row = NewRow(entry.Original.Protocol);
        var state = entry.State < NoState ? entry.State : NoState;
        var index = ((row * States) + state) * 32;
        if (entry.Original.Version == 6) index += 16;
        if (entry.IsUnreplied) index += 8;
        if (entry.IsOffloaded) index += 4;
        _counts[index + (int)entry.Nat]++;
        // A zone may be of one direction only.
        var zone = entry.Zone != 0 ? entry.Zone : entry.Original.Zone != 0 ? entry.Original.Zone : entry.Reply.Zone;
        if (zone != 0) AddZone(zone);
    }

    /// <summary>The counts, the most frequent first.</summary>
    public IReadOnlyList<ConntrackCount> ToFacts()
    {
        var facts = new List<ConntrackCount>();
        for (var index = 0; index < _counts.Length; index++)
        {
            if (_counts[index] == 0) continue;
            var row = index / 32 / States;
            var state = index / 32 % States;
            byte? protocol = row == Protocols - 1 ? null : _protocolOf[row];
            facts.Add(new ConntrackCount(
                (index & 16) != 0 ? IpFamily.IPv6 : IpFamily.IPv4,
                (index & 8) != 0,
                (ConntrackNat)(index & 3),
                (index & 4) != 0,
                _counts[index],
                protocol,
                protocol is null || state == NoState ? null : CtState.NameOf(protocol.Value, (byte)state)));
        }

        // Stable: equal numbers stay in the order of the table.
        return [.. facts.OrderByDescending(count => count.Entries)];
    }

    public IReadOnlyDictionary<string, long> ZonesToFacts() =>
        _zones.ToDictionary(zone => zone.Key.ToString(CultureInfo.InvariantCulture), zone => zone.Value, StringComparer.Ordinal);

    private sbyte NewRow(byte protocol)
    {
        var row = (sbyte)Math.Min(_rows, Protocols - 1);
        if (row < Protocols - 1) _rows++;
        _rowOf[protocol] = row;
        _protocolOf[row] = protocol;
        return row;
    }

    private void AddZone(ushort zone)
    {
        if (_zones.TryGetValue(zone, out var count)) _zones[zone] = count + 1;
        else if (_zones.Count < MaxZones) _zones[zone] = 1;
        else ZonesCut = true;
    }
}
