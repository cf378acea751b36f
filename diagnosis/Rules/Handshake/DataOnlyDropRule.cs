// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: row 5 of the truth table: one end sends data, and the other counts nothing from it but handshakes and keepalives, on a living session.
/// Threshold: small packets are lost too (their average size on the device), so that it is no matter of MTU; the session is younger than 60 s at both ends, for a sender
/// that hears nothing makes a new one every 15 s.
/// Traps: what the receiver decrypts and refuses is counted elsewhere and explains the pattern; with large packets alone it is an MTU fault; packets of unknown size make
/// no verdict; windows that lie apart.
/// </summary>
internal sealed class DataOnlyDropRule : IRule
{
    private static readonly TimeSpan Renewed = TimeSpan.FromSeconds(60);

    /// <summary>Four small packets: one or two lie in what only one of two windows saw.</summary>
    private const ulong EnoughLost = 2 * TunnelCounters.EnoughData;

    public RuleDescriptor Descriptor { get; } = new("WG-DATA-ONLY-DROP", Layer.Firewall, Severity.Critical, "Handshakes pass, data does not")
    {
        Precedence = Rules.Precedence.Data,
        Explanation = "Something on the way lets WireGuard's handshakes through and drops its data messages (inspection, traffic shaping, a stateful filter). The sender hears nothing back and makes a "
            + "new session every 15 s, so that the tunnel looks more alive than a healthy one.",
        FalsifiedBy = "Captures at both ends show the same data messages (type 4) with the same counters.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Peers
        .Where(peer => Traffic.DataGrowth(peer.Fact.Sent, peer) >= TunnelCounters.EnoughData && IsLost(mesh, peer))
        .GroupBy(peer => Pair(peer), StringComparer.Ordinal)
        .Select(group => Build([.. group]));

    private static bool IsLost(MeshModel mesh, PeerView peer)
    {
        var signature = PairReader.Of(mesh, peer);
        return TruthTable.Match(signature) is { Verdict: PairVerdict.DataLost }
            && signature.Signs.HasFlag(PairSigns.SmallPackets)
            && (signature.ReceivedThere & CounterMove.Handshakes) != CounterMove.None
            && IsYoung(peer) && IsYoung(peer.Reverse!)
            && peer.Fact.Sent.Growth - peer.Reverse!.Fact.Received.Growth >= EnoughLost && IsOneTime(peer)
            && peer.Device.Link is not { Up: false } && peer.Remote!.Link is not { Up: false };
    }

    // More came back than was sent back: the two windows lie apart, and nothing is known to be lost.
    private static bool IsOneTime(PeerView peer) => peer.Fact.Received.Growth <= peer.Reverse!.Fact.Sent.Growth + Traffic.Initiation;

    private static bool IsYoung(PeerView peer) => Session.Age(peer) is { } age && age <= Renewed;

    private static string Pair(PeerView peer) => string.CompareOrdinal(peer.Device.Key, peer.Key) < 0 ? peer.Device.Key + peer.Key : peer.Key + peer.Device.Key;

    private RuleFinding Build(List<PeerView> peers)
    {
        var first = peers[0];
        var there = first.Reverse!;
        var captured = Outer.Capture(first) is { Sent.Data: > 0 } && Outer.Capture(there) is { Received: { Data: 0, Initiations: > 0 } or { Data: 0, Responses: > 0 } };
        var draft = new FindingDraft(Descriptor, first.Device)
        {
            Message = $"Between {first.Device.Node.Name} and {first.RemoteName} handshakes pass and data does not{(peers.Count > 1 ? ", in both directions" : $", from {first.Device.Node.Name} on")}: {first.Fact.Sent.Growth} bytes were sent and {there.Fact.Received.Growth} bytes of handshakes arrived.",
            Confidence = captured ? 0.97 : 0.85,
            Entry = first,
        };
        foreach (var peer in peers)
        {
            draft.Evidence(peer.Device, $"wg show {peer.Device.Name}", $"{peer.RemoteName}: sent {peer.Fact.Sent.Growth} bytes, handshake {Session.Age(peer)!.Value.TotalSeconds:0} s ago", null);
            draft.Evidence(peer.Remote!, $"wg show {peer.Remote!.Name} transfer", $"{peer.Device.Node.Name}: received {peer.Reverse!.Fact.Received.Growth} bytes", $"about {peer.Fact.Sent.Growth}");
            draft.Affects(peer, TunnelState.OneWay);
        }

        return draft.Build();
    }
}
