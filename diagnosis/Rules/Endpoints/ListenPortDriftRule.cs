// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Peers;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a device listens on another port than its peers send to, and that other port is what all its peers have or what every sibling listens on.
/// Threshold: as for a wrong port: the pair is dead, or what was sent did not arrive.
/// Traps: pure clients listen on random ports and are nobody's endpoint; a node that spoke first has healed its peers one by one, so that only the rest is seen; one
/// holder with an odd port is the holder's fault (<see cref="EndpointWrongPortRule"/>).
/// </summary>
internal sealed class ListenPortDriftRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-LISTEN-PORT-DRIFT", Layer.Handshake, Severity.Error, "The device listens on another port than its peers think")
    {
        Precedence = Rules.Precedence.Peers + 5,
        StopsHandshake = true,
        Explanation = "With listen port 0, or when the wanted port is taken, a device gets a random port, another one after each restart. Peers that have the old one get ICMP errors that "
            + "WireGuard ignores, until the device itself speaks to them.",
        FalsifiedBy = "`wg show <device> listen-port` prints the port that the peers have as endpoint.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => WrongPorts.Groups(mesh)
        .Where(group => WrongPorts.IsDrift(mesh, group))
        .Select(group => Build(mesh, group));

    private RuleFinding Build(MeshModel mesh, PairGroup<PeerView> group)
    {
        var device = group.Pairs[0].About;
        var known = group.Pairs[0].Data.Endpoint!.Value.Port;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} listens on UDP port {device.Fact.ListenPort}, but {DisplayText.Join(group.Pairs.Select(pair => pair.Holder.Node.Name), 3)} {(group.Pairs.Count == 1 ? "sends" : "send")} to port {known}: its listen port changed.",
            Confidence = group.Pairs.Any(pair => Session.Tries(pair.Data)) ? 0.95 : 0.8,
            Severity = group.Pairs.Any(pair => WrongPorts.IsSure(pair.Data)) ? Severity.Critical : Severity.Info,
        };
        foreach (var pair in group.Pairs)
        {
            draft.Evidence(pair.Holder, $"wg show {pair.Holder.Name} endpoints", $"{device.Node.Name} at {pair.Data.Endpoint}", $"{new IpEndpoint(pair.Data.Endpoint!.Value.Address, device.Fact.ListenPort)}");
            draft.Affects(pair.Data, Session.State(pair.Data, mesh.Thresholds) == SessionState.Fresh ? TunnelState.OneWay : TunnelState.NoHandshake);
        }

        draft.Evidence(device, $"wg show {device.Name} listen-port", $"{device.Fact.ListenPort}", $"{known}");
        draft.Mend(new NodeCommands(device).ListenPort(known, device.Fact.ListenPort));
        return draft.Build();
    }
}
