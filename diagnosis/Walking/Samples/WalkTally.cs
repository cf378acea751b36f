// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Walking.Samples;

/// <summary>Which walk it is.</summary>
internal sealed record SampleFlow(string Device, WalkPurpose Purpose, IpFamily Family, WalkState State, IpPrefix? Local = null, string? Peer = null);

/// <summary>Puts walks that end alike into one entry.</summary>
/// <param name="clampsMss">Some rule sets the MSS of TCP packets; null = not known.</param>
internal sealed class WalkTally(bool? clampsMss)
{
    private const int PeerLimit = 8;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<Key, Entry> _byKey = [];

    /// <summary>Adds what became of a flow's packets, by protocol; null stands for packets of which there is one protocol only.</summary>
    public void Add(SampleFlow flow, IReadOnlyList<(FilterPacket Packet, SampleOutcome Outcome)> packets, string? input)
    {
        foreach (var alike in packets.GroupBy(item => item.Outcome))
        {
            var protocols = alike.Count() == packets.Count ? null : string.Join(',', alike.Select(item => item.Packet.Protocol));
            var passed = alike.Key is { Result: WalkResult.Passed, Nat: null };
            var key = new Key(flow.Device, flow.Purpose, flow.Family, passed ? null : flow.State, flow.Local, protocols, alike.Key);
            if (!_byKey.TryGetValue(key, out var entry))
                _entries.Add(entry = _byKey[key] = new Entry(key, protocols is null ? null : [.. alike.Select(item => item.Packet.Protocol)], passed ? null : PacketOf(alike.First().Packet, input)));
            entry.Flows.Add((flow.Peer, flow.Local));
            entry.States.Add(flow.State);
            if (!passed && flow.Peer is { } peer) entry.Peers.Add(peer);
        }
    }

    /// <summary>What ended comes first, then what nobody can tell, then what went elsewhere or was translated.</summary>
    public IReadOnlyList<WalkFact> Entries => [.. _entries.OrderBy(entry => Rank(entry.Key.Outcome)).Select(entry => entry.ToFact(entry.Key.Purpose == WalkPurpose.TooBigOut ? clampsMss : null))];

    private static int Rank(SampleOutcome outcome) => outcome.Result switch
    {
        WalkResult.Dropped or WalkResult.Rejected => 0,
        WalkResult.Diverted => 1,
        WalkResult.Undetermined => 2,
        _ => outcome.Nat is null ? 4 : 3,
    };

    private static WalkPacket PacketOf(FilterPacket packet, string? input) =>
        new(packet.Source, packet.Destination, packet.Protocol, packet.SourcePort, packet.DestinationPort, packet.Mark ?? 0, input);

    private sealed record Key(
        string Device, WalkPurpose Purpose, IpFamily Family, WalkState? State, IpPrefix? Local, string? Protocols, SampleOutcome Outcome);

    private sealed class Entry(Key key, IReadOnlyList<byte>? protocols, WalkPacket? packet)
    {
        public Key Key { get; } = key;

        public HashSet<(string? Peer, IpPrefix? Local)> Flows { get; } = [];

        public SortedSet<WalkState> States { get; } = [];

        public SortedSet<string> Peers { get; } = new(StringComparer.Ordinal);

        public WalkFact ToFact(bool? clampsMss) => new()
        {
            Purpose = Key.Purpose,
            Device = Key.Device,
            Family = Key.Family,
            States = [.. States],
            Result = Key.Outcome.Result,
            Count = Flows.Count,
            Local = Key.Local,
            Protocols = protocols,
            Peers = Peers.Count > 0 ? [.. Peers.Take(PeerLimit)] : null,
            Packet = packet,
            Stop = Key.Outcome.Stop,
            Nat = Key.Outcome.Nat,
            Notrack = Key.Outcome.Notrack,
            DependsOn = Key.Outcome.DependsOn,
            Link = Key.Outcome.Link,
            ClampsMss = clampsMss,
        };
    }
}
