// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>
/// Signal: a capture saw a node send cookie replies (type 3) instead of answers: it counts itself as under load.
/// Threshold: one cookie, for a device sends none below 512 waiting handshakes; a warning only with several, a note for a single one.
/// Traps: a hub whose peers all start together is under load for a minute or two, which ends by itself; silent while nobody captured.
/// </summary>
internal sealed class HandshakeUnderLoadRule : IRule
{
    private const int Several = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-HANDSHAKE-UNDER-LOAD", Layer.Performance, Severity.Warning, "Too many handshakes at once")
    {
        Precedence = Rules.Precedence.OuterPath + 9,
        Explanation = "With 512 handshakes waiting a device answers with cookies, and takes 20 handshakes a second from one address. An honest peer needs another round of 5 s; hundreds of peers "
            + "behind one translated address share its limit.",
        FalsifiedBy = "A later capture shows responses (type 2) and no cookies.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => mesh.Nodes
        .Where(node => Safe.List(node.Facts.OuterCaptures).Count > 0)
        .SelectMany(node => node.Devices)
        .Select(device => (device, peers: device.Peers.Where(peer => Outer.Capture(peer) is { Sent.Cookies: > 0 }).ToList()))
        .Where(item => item.peers.Count > 0)
        .Select(item => Build(item.device, item.peers));

    private RuleFinding Build(DeviceView device, List<PeerView> peers)
    {
        var (cookies, initiations) = (peers.Sum(peer => Outer.Capture(peer)!.Sent.Cookies), peers.Sum(peer => Outer.Capture(peer)!.Received.Initiations));
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Name} on {device.Node.Name} counts itself as under load: it sent {cookies} cookies for {initiations} initiations of {peers.Count} peers.",
            Confidence = cookies >= Several ? 0.9 : 0.6,
            Severity = cookies >= Several ? Descriptor.Severity : Severity.Info,
        };
        foreach (var peer in peers)
        {
            draft.Evidence(device, "capture on the underlay", $"{peer.RemoteName}: {Outer.Capture(peer)!.Received.Initiations} initiations, {Outer.Capture(peer)!.Sent.Cookies} cookies in {Outer.Capture(peer)!.Seconds:0} s", null, "capture");
            draft.Affects(peer, TunnelState.Degraded);
        }

        return draft.Build();
    }
}
