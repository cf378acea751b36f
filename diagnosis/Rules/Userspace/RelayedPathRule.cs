// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Userspace;

/// <summary>
/// Signal: a peer with a living session has an endpoint on the loopback device.
/// Threshold: a young handshake: something on the node carries the packets on.
/// Traps: relays are often intended; a loopback endpoint that never worked is a wrong endpoint and no relay.
/// </summary>
internal sealed class RelayedPathRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-RELAYED-PATH", Layer.Performance, Severity.Info, "A tunnel goes through a relay on the node")
    {
        Precedence = Rules.Precedence.Performance + 9,
        Explanation = "Programs that cannot reach a peer directly put a relay or a proxy between (NetBird, Tailscale, Netmaker, udp2raw). Latency, throughput and largest packet are then those of the relay.",
        FalsifiedBy = "The peer's endpoint is an address of the other node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        let relayed = device.Peers.Where(peer => peer.Endpoint is { Address.IsLoopback: true } && Session.State(peer, mesh.Thresholds) == SessionState.Fresh).ToList()
        where relayed.Count > 0
        select Build(device, relayed);

    private RuleFinding Build(DeviceView device, List<PeerView> relayed)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Name} on {device.Node.Name} reaches {DisplayText.Join(relayed.Select(peer => peer.RemoteName), 3)} through a relay on the node itself.",
            Confidence = 0.85,
        };
        foreach (var peer in relayed.Take(4)) draft.Evidence(device, $"wg show {device.Name} endpoints: {peer.RemoteName}", $"{peer.Endpoint}", "an address of the other node");
        return draft.Build();
    }
}
