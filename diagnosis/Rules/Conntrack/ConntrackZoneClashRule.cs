// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Conntrack;

/// <summary>
/// Signal: translated flows into the tunnel are in a zone of their own and stay without an answer there, while data does come back from the peer.
/// Threshold: no flow of that zone into the tunnel was ever answered. Trap: OVS uses zones in both directions, and its flows are answered.
/// </summary>
internal sealed class ConntrackZoneClashRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CONNTRACK-ZONE-CLASH", Layer.Conntrack, Severity.Error, "Only one direction of a flow is put into a tracking zone")
    {
        Precedence = Rules.Precedence.Receiver + 4,
        Explanation = "Connection tracking looks an answer up in its own zone. When only one direction is put into a zone, the answer is not recognised, translation is not undone, and it ends at the node.",
        FalsifiedBy = "`conntrack -L` shows the flow answered, or no rule sets a zone.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        let flows = (device.Namespace.Facts.ConntrackFlows?.Value?.Inner ?? []).Where(flow => IsInto(device, flow)).ToList()
        from zone in flows.Where(flow => ZoneOf(flow) != 0).GroupBy(ZoneOf)
        where zone.All(flow => (flow.Status & ConntrackStatus.SeenReply) == ConntrackStatus.None) && zone.Any(flow => flow.Reply.Destination != flow.Original.Source)
        let peers = zone.Select(flow => device.Cryptokey.Owner(IpPrefix.Host(flow.Original.Destination))?.Peer).OfType<PeerView>().Distinct().Where(peer => Traffic.IsData(peer.Fact.Received, peer)).ToList()
        where peers.Count > 0
        select Build(device, zone.Key, [.. zone], peers);

    private static ushort ZoneOf(ConntrackFlow flow) => flow.Zone != 0 ? flow.Zone : flow.Original.Zone ?? 0;

    private static bool IsInto(DeviceView device, ConntrackFlow flow) => device.Cryptokey.Owner(IpPrefix.Host(flow.Original.Destination)) is not null;

    private RuleFinding Build(DeviceView device, ushort zone, List<ConntrackFlow> flows, List<PeerView> peers)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} flows into {device.Name} are tracked in zone {zone} and their answers are not: none of {flows.Count} was answered although {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)} sends data.",
            Confidence = 0.75,
        };
        foreach (var flow in flows.Take(4))
            draft.Evidence(device, "conntrack -L", $"{flow.Original.Source} to {flow.Original.Destination}, answer expected at {flow.Reply.Destination}, zone {zone} [UNREPLIED]", "answered", "ctnetlink IPCTNL_MSG_CT_GET");
        foreach (var peer in peers) draft.Affects(peer.Reverse, TunnelState.DroppedAfterDecrypt);
        draft.Mend(new FilterCommands(device).Line("nft list ruleset", null, "shows the rules that set a zone (ct zone set); set it for both directions, or remove the rule"));
        return draft.Build();
    }
}
