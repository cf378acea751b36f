// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Time;

/// <summary>
/// Signal: a last handshake lies in the future of the node's own clock.
/// Threshold: five seconds, the slack that session ages are judged with.
/// Traps: two reads are not one moment; ages of such sessions are not used for any verdict.
/// </summary>
internal sealed class HandshakeFutureRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-HANDSHAKE-TIME-FUTURE", Layer.Platform, Severity.Info, "A handshake lies in the future")
    {
        Precedence = Rules.Precedence.Symptoms + 10,
        ExplainedBy = ["WG-CLOCK-BACKWARD-REPLAY"],
        Explanation = "WireGuard notes wall-clock times. When the clock is set back after a handshake, the handshake's age is negative, and tools that compare ages call a living tunnel dead or a dead one alive.",
        FalsifiedBy = "The node's clock was not set back since the handshake.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        let future = device.Peers.Where(peer => Session.State(peer, mesh.Thresholds) == SessionState.ClockUnclear).ToList()
        where future.Count > 0
        select Build(device, future);

    private RuleFinding Build(DeviceView device, List<PeerView> future)
    {
        var ahead = -future.Min(peer => Session.Age(peer)!.Value.TotalSeconds);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} the last handshake of {future.Count} peers of {device.Name} lies up to {ahead:0} s in the future: the clock was set back.",
            Confidence = 0.95,
        };
        foreach (var peer in future.Take(4))
            draft.Evidence(device, $"wg show {device.Name} latest-handshakes: {peer.RemoteName}", $"{peer.Fact.LastHandshake:O}", $"before {device.Node.Facts.At:O}");
        return draft.Build();
    }
}
