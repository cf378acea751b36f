// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Time;

/// <summary>
/// Signal: the node's clock went back behind its last handshake, it sends initiations, and the other end, which knows it, accepts none of them.
/// Threshold: five seconds back, one initiation, nothing received in both directions.
/// Traps: a clock that jumped while the session still lives: then data arrives; handshakes that the other end begins heal it. Without the other end nothing is said.
/// </summary>
internal sealed class ClockReplayRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CLOCK-BACKWARD-REPLAY", Layer.Platform, Severity.Critical, "The clock was set back, so the peer takes handshakes for replays")
    {
        Precedence = Rules.Precedence.Peers,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "Each handshake initiation carries the sender's time, and the receiver answers only one that is newer than the last. After the clock went back, every initiation looks like a replay and is dropped "
            + "without a word, until the clock has caught up or the receiver forgets the peer.",
        FalsifiedBy = "The node's clock is not behind the time of the last handshake, or the other end answers after its peer entry was made anew and still fails.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from tunnel in mesh.Peers
        where Session.State(tunnel, mesh.Thresholds) == SessionState.ClockUnclear
        where tunnel.Fact.Sent.Growth >= Traffic.Initiation && tunnel.Fact.Received.Growth == 0
        let far = tunnel.Reverse
        where far is { IsCounted: false } && far.Fact.Received.Growth == 0
        select Build(tunnel, far);

    private RuleFinding Build(PeerView tunnel, PeerView far)
    {
        var device = tunnel.Device;
        var back = -Session.Age(tunnel)!.Value.TotalSeconds;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The clock of {device.Node.Name} went back by {back:0} s or more; {far.Device.Node.Name} takes its handshakes for replays and does not answer.",
            Confidence = 0.8,
            Entry = tunnel,
        };
        draft.Evidence(device, $"wg show {device.Name} latest-handshakes: {tunnel.RemoteName}", $"{tunnel.Fact.LastHandshake:O}", $"before {device.Node.Facts.At:O}, the node's time");
        draft.Evidence(device, $"wg show {device.Name} transfer: {tunnel.RemoteName}", $"sent +{tunnel.Fact.Sent.Growth}, received +0", "an answer to each initiation");
        draft.Evidence(far.Device, $"wg show {far.Device.Name} transfer: {far.RemoteName}", "received +0", null);
        if (device.Node.Facts.Host?.Clock?.Value is { Synchronised: { } right }) draft.Evidence(device, "clock is kept right by somebody", right ? "yes" : "no", "yes", "adjtimex");
        // Made anew, the entry has no last timestamp.
        draft.Mend(new NodeCommands(far.Device).RemovePeer(far), far.Fact.HasPresharedKey ? null : new NodeCommands(far.Device).AddPeer(new PeerRecipe(far.Key, far.Endpoint, far.AllowedIps, far.Fact.PersistentKeepalive, false)));
        return draft.Affects(tunnel, TunnelState.NoHandshake).Build();
    }
}
