// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Rules.Endpoints;

/// <summary>
/// Signal: a connection tracking entry sends the packets for a peer's endpoint to another place without an answer, and the rules of now would send them elsewhere.
/// Threshold: the entry is unanswered, the tunnel fails, and the evaluated rules of the same node give another destination.
/// Traps: the entry is on the node that translates, which may be none of the two ends; where the rules of now say the same as the entry, they are the fault and not
/// the entry; rules that could not be read or decided make no verdict.
/// </summary>
internal sealed class ConntrackStaleDnatRule : IRule
{
    private const byte Udp = 17;

    public RuleDescriptor Descriptor { get; } = new("WG-CONNTRACK-STALE-DNAT", Layer.Conntrack, Severity.Error, "An old connection tracking entry leads tunnel packets astray")
    {
        Precedence = Rules.Precedence.OuterPath + 1,
        StopsHandshake = true,
        Explanation = "Translation is decided for the first packet of a flow and remembered. A tunnel sends from one port to one port for ever, and each retry keeps the entry alive, so that a "
            + "change of the rules never reaches it.",
        FalsifiedBy = "The tunnel does not come up within 10 s after the entry was deleted.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        var failing = mesh.Peers.Where(peer => peer.Endpoint is not null && Outer.Fails(mesh, peer)).ToLookup(peer => peer.Endpoint!.Value);
        if (failing.Count == 0) yield break;
        foreach (var ns in mesh.Nodes.SelectMany(node => node.Namespaces))
        {
            if (ns.Facts.Netfilter is not { Value: { BackendMissing: false } filters }) continue;
            foreach (var flow in Safe.List(ns.Facts.ConntrackFlows?.Value?.Outer).Where(IsUnansweredDnat))
            {
                var victims = failing[flow.Original.DestinationEndpoint!.Value].Where(peer => IsFrom(peer, flow)).ToList();
                if (victims.Count == 0 || Now(ns, filters, flow.Original) is not { } now || now == flow.Reply.SourceEndpoint) continue;
                yield return Build(ns, flow, now, victims);
            }
        }
    }

    private static bool IsUnansweredDnat(ConntrackFlow flow) =>
        flow is { Original: { Protocol: Udp, DestinationEndpoint: not null, SourceEndpoint: not null }, Reply.SourceEndpoint: not null }
        && !flow.Status.HasFlag(ConntrackStatus.SeenReply)
        && flow.Reply.SourceEndpoint != flow.Original.DestinationEndpoint;

    // The sender's own source, or that of a translator in front of it.
    private static bool IsFrom(PeerView peer, ConntrackFlow flow) =>
        flow.Original.SourcePort == peer.Device.Fact.ListenPort || Outer.Has(peer.Device.Node, flow.Original.Source);

    // Where the rules of now would send the first packet of this flow; null when that cannot be decided.
    private static IpEndpoint? Now(NamespaceView ns, NetfilterFact filters, Facts.Conntrack.ConntrackTuple tuple)
    {
        var own = ns.Addresses.Any(address => address.Address == tuple.Source);
        var packet = new FilterPacket
        {
            Source = tuple.Source,
            Destination = tuple.Destination,
            Protocol = Udp,
            SourcePort = tuple.SourcePort,
            DestinationPort = tuple.DestinationPort,
            Conntrack = new PacketConntrack { State = Netfilter.Evaluation.ConntrackState.New, Reply = false },
        };
        var result = new NetfilterEvaluator(filters, new FactsEnvironment(ns.Facts)).EvaluateHook(packet, own ? NetfilterHook.Output : NetfilterHook.Prerouting);
        return result.Packet is { DestinationPort: { } port } after ? new IpEndpoint(after.Destination, port) : null;
    }

    private RuleFinding Build(NamespaceView ns, ConntrackFlow flow, IpEndpoint now, List<PeerView> victims)
    {
        var device = ns.Devices.FirstOrDefault() ?? victims[0].Device;
        var original = flow.Original;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"A connection tracking entry on {ns.Node.Name} sends {original.SourceEndpoint} -> {original.DestinationEndpoint} to {flow.Reply.SourceEndpoint}, where nobody answers; the rules of now say {now}.",
            Confidence = 0.9,
            Severity = Severity.Critical,
            Family = original.Destination.Family,
            Entry = victims.Count == 1 && victims[0].Device == device ? victims[0] : null,
        };
        draft.Evidence(device, $"conntrack -L -p udp --orig-dst {original.Destination}", $"[UNREPLIED] reply from {flow.Reply.SourceEndpoint}, {flow.TimeoutSeconds} s left", now.ToString(), "nfnetlink conntrack");
        foreach (var peer in victims) draft.Affects(peer, TunnelState.NoHandshake);
        if (ns.Devices.Count > 0)
            draft.Mend(new NodeCommands(device).ForgetFlow(original.Source, original.SourcePort!.Value, original.Destination, original.DestinationPort!.Value));
        return draft.Build();
    }
}
