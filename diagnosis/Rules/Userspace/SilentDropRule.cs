// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Userspace;

/// <summary>
/// Signal: a userspace device's peers deliver data, and not one packet comes out of the device; no error counter moves.
/// Threshold: data of two small packets; one packet out of the device ends it.
/// Traps: handshakes and keepalives come without packets.
/// </summary>
internal sealed class SilentDropRule : IRule
{
    private const ulong EnoughData = 256;

    public RuleDescriptor Descriptor { get; } = new("WG-USERSPACE-SILENT-DROP", Layer.AllowedIPs, Severity.Info, "A userspace WireGuard drops packets without counting them")
    {
        Precedence = Rules.Precedence.Symptoms + 12,
        ExplainedBy = ["WG-ALLOWEDIPS-MISSING-SRC", "WG-ALLOWEDIPS-OVERLAP", "WG-IFACE-DOWN"],
        Explanation = "wireguard-go counts received bytes before it checks the inner source, and throws refused packets away without an error counter or an ICMP message. Zero errors on such a device are no sign of health.",
        FalsifiedBy = "The device's RX packets grow with the peers' received bytes.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.IsUserspace && device.Link?.Counters is { RxPackets.Growth: 0 }
        let peers = device.Peers.Where(peer => Traffic.DataGrowth(peer.Fact.Received, peer) >= EnoughData).ToList()
        where peers.Count > 0
        select Build(device, peers);

    private RuleFinding Build(DeviceView device, List<PeerView> peers)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Name} on {device.Node.Name} received data from {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)}, and no packet came out of the device.",
            Confidence = 0.9,
        };
        foreach (var peer in peers.Take(4)) draft.Evidence(device, $"wg show {device.Name} transfer: received from {peer.RemoteName}", $"+{peer.Fact.Received.Growth}", null);
        return draft.Evidence(device, $"ip -s link show {device.Name}: RX packets", "+0", "one for each data packet", "rtnetlink").Build();
    }
}
