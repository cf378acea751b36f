// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: the kernel's device drops packets that it should send while a peer that is wanted has no session.
/// Threshold: one dropped packet; it explains a counter and asks nobody to act.
/// Traps: taking the device down drops packets too; userspace devices count otherwise.
/// </summary>
internal sealed class StagedQueueRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-STAGED-QUEUE-DROP", Layer.Handshake, Severity.Info, "Packets that wait for a handshake are dropped")
    {
        Precedence = Rules.Precedence.Symptoms + 20,
        ConsequenceOnly = true,
        ExplainedBy = ["WG-HANDSHAKE-NEVER", "WG-HANDSHAKE-STALE"],
        Explanation = "Up to 128 packets for each peer wait until its handshake is done; older ones are dropped and counted as tx_dropped. It is a consequence of the missing handshake, never its cause.",
        FalsifiedBy = "All peers of the device have a young handshake.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where !device.IsUserspace && device.Link is { Up: true, Counters.TxDropped.Grew: true }
        let waiting = device.Peers.Where(peer => Session.Tries(peer) && Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old).ToList()
        where waiting.Count > 0
        select Build(device, waiting);

    private RuleFinding Build(DeviceView device, List<PeerView> waiting)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} dropped {device.Link!.Counters!.TxDropped.Growth} packets that waited for a handshake with {DisplayText.Join(waiting.Select(peer => peer.RemoteName), 3)}.",
            Confidence = 0.85,
        };
        return draft.Evidence(device, $"ip -s link show {device.Name}: TX dropped", $"+{device.Link.Counters.TxDropped.Growth}", "+0", "rtnetlink").Build();
    }
}
