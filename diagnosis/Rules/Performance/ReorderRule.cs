// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Capture;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: data messages arrive with counters below the largest one so far.
/// Threshold: a twentieth of 200 messages; an error where one is later than WireGuard's window, which drops it.
/// Traps: decryption on many CPUs does not reorder; a capture that lost packets shows gaps, not late ones; without a capture nothing is said.
/// </summary>
internal sealed class ReorderRule : IRule
{
    private const int Enough = 200;
    private const double LeastShare = 0.05;

    /// <summary>COUNTER_WINDOW_SIZE of messages.h: 8192 bits without one word.</summary>
    private const long Window = 8128;

    public RuleDescriptor Descriptor { get; } = new("WG-PATH-REORDER", Layer.Performance, Severity.Warning, "Packets arrive out of order")
    {
        Precedence = Rules.Precedence.Performance + 4,
        Explanation = "The underlay sends the packets of one flow over several ways (ECMP for each packet, bond mode balance-rr, some radio links). TCP inside takes late packets for lost ones and slows down; "
            + "what is more than 8128 packets late is dropped by WireGuard as a replay.",
        FalsifiedBy = "The counters of captured data messages rise without exception.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        where Safe.List(node.Facts.OuterCaptures).Count > 0
        from device in node.Devices
        from peer in device.Peers
        let order = Outer.Capture(peer)?.Order
        where order is { Messages: >= Enough } && order.Late >= order.Messages * LeastShare
        select Build(peer, order);

    private RuleFinding Build(PeerView peer, DataOrder order)
    {
        var late = (double)order.Late / order.Messages;
        var draft = new FindingDraft(Descriptor, peer.Device)
        {
            Message = $"{late:P0} of what {peer.RemoteName} sends to {peer.Device.Node.Name} arrives out of order, up to {order.Farthest} packets late.",
            Confidence = 0.9,
            Severity = order.Farthest > Window ? Severity.Error : Descriptor.Severity,
            Entry = peer,
        };
        draft.Evidence(peer.Device, $"counters of {order.Messages} captured data messages", $"{order.Late} late, {order.Missing} missing, up to {order.Farthest} behind", "0 late", "capture");
        return draft.Affects(peer.Reverse, TunnelState.Degraded).Build();
    }
}
