// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>
/// Signal: a peer's endpoint has an address of the very namespace in which the peer's device listens, but another port.
/// Threshold: the session is not fresh, or what was sent during the observation did not arrive.
/// Traps: a pair that nobody uses is only noted unless other peers use the real port; behind NAT or a node port the ports may differ (the address then is not the device's own namespace's, or the session is fresh); a device
/// without a socket (port 0) says nothing; when all peers have the same other port, or it is what every sibling listens on, the device's listen port changed
/// (LISTEN-PORT-DRIFT).
/// </summary>
internal sealed class EndpointWrongPortRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ENDPOINT-WRONG-PORT", Layer.Handshake, Severity.Critical, "The endpoint has a wrong port")
    {
        Precedence = Rules.Precedence.Peers + 5,
        StopsHandshake = true,
        Explanation = "Packets to a port on which nobody listens are answered with an ICMP error that WireGuard ignores. The first packet of the other side would "
            + "repair the endpoint, but it may have no reason to send one.",
        FalsifiedBy = "`ss -ulnp` on the peer's node shows the device's socket on the endpoint's port, or a port redirection leads there.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => WrongPorts.Groups(mesh)
        .Where(group => !WrongPorts.IsDrift(mesh, group))
        .Select(group => Build(mesh, group));

    private RuleFinding Build(MeshModel mesh, PairGroup<PeerView> group)
    {
        var device = group.Culprit;
        var first = group.Pairs[0];
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} sends to a wrong port of {DisplayText.Join(group.Pairs.Select(pair => $"{pair.About.Node.Name} ({pair.Data.Endpoint!.Value.Port} instead of {pair.About.Fact.ListenPort})"))}.",
            Confidence = group.Pairs.Any(pair => Session.Tries(pair.Data)) ? 0.96 : 0.85,
            Severity = group.Pairs.Any(pair => WrongPorts.IsSure(pair.Data)) ? Descriptor.Severity : Severity.Info,
            Entry = group.Pairs.Count > 1 ? null : first.Data,
            Family = group.Pairs.Select(pair => pair.Data.Endpoint!.Value.Address.Family).Distinct().Count() == 1 ? first.Data.Endpoint!.Value.Address.Family : null,
        };
        foreach (var pair in group.Pairs)
        {
            var right = new IpEndpoint(pair.Data.Endpoint!.Value.Address, pair.About.Fact.ListenPort);
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} endpoints", $"{pair.About.Node.Name} at {pair.Data.Endpoint}", right.ToString());
            draft.Mend(new NodeCommands(pair.Holder).PeerEndpoint(pair.Data.Key, right, pair.Data.Endpoint));
            draft.Affects(pair.Data, Session.State(pair.Data, mesh.Thresholds) == SessionState.Fresh ? TunnelState.OneWay : TunnelState.NoHandshake);
        }

        draft.Evidence(first.About, $"wg show {first.About.Name} listen-port", $"{first.About.Fact.ListenPort}", null);
        return draft.Build();
    }
}
