// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: the queueing discipline of the uplink, of the tunnel, or of the device towards the pods dropped packets during the observation.
/// Threshold: ten packets and a hundredth of what the device sent, a tenth towards the pods; an error where a tunnel loses a tenth meanwhile.
/// Traps: fq_codel and cake drop some by design; what programs at clsact drop is counted there too and is no queue; a parent counts its children's drops again.
/// </summary>
internal sealed class QueueDropRule : IRule
{
    private const ulong Least = 10;
    private const double LeastShare = 0.01;
    private const double LossShare = 0.1;

    /// <summary>Pods are shaped on purpose (kubernetes.io/egress-bandwidth), and TCP finds a limit by losing some packets at it.</summary>
    private const double InnerShare = 0.1;

    /// <summary>TC_H_INGRESS: ingress and clsact.</summary>
    private const uint Ingress = 0xfffffff1;

    public RuleDescriptor Descriptor { get; } = new("WG-QDISC-DROP", Layer.Performance, Severity.Error, "The node's own queue drops tunnel packets")
    {
        Precedence = Rules.Precedence.Performance + 1,
        Reach = Reach.Tunnels,
        Explanation = "More is sent than the uplink, or a limit that was set on it, lets through. The queue before it is full and drops what comes; with a long queue packets wait for 100 ms and more before.",
        FalsifiedBy = "`tc -s qdisc show dev <device>` shows no further drops under the same load.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices)
        {
            var peers = device.Peers.Where(peer => peer.Fact.Sent.Grew).ToList();
            if (peers.Count == 0 || device.Namespace.Facts.TrafficControl?.Value is not { } control) continue;
            foreach (var group in Safe.List(control.Qdiscs).Where(qdisc => qdisc.Parent != Ingress && qdisc.DropGrowth >= Least).GroupBy(qdisc => qdisc.Link))
            {
                var inner = IsInner(device, group.Key);
                var users = inner ? [.. device.Peers.Where(peer => peer.Fact.Received.Grew)] : group.Key == device.Link?.Index ? peers : [.. peers.Where(peer => Leaves(device, peer) == group.Key)];
                if (users.Count == 0 || device.Namespace.LinkByIndex(group.Key) is not { Counters.TxPackets.Growth: { } sent } link) continue;
                var worst = group.MaxBy(qdisc => qdisc.DropGrowth)!;
                if (worst.DropGrowth >= (sent + worst.DropGrowth!.Value) * (inner ? InnerShare : LeastShare)) yield return Build(mesh, device, link, worst, users, sent);
            }
        }
    }

    // What the tunnel delivers goes on by the device of a network that peers look for behind this node, or by a port of it.
    private static bool IsInner(DeviceView device, int link) => device.Namespace.LinkByIndex(link) is { } found && device.Namespace.LocalNetworks.Exists(local =>
        (local.Link == link || local.Link == found.Master) && device.HeldBy.Exists(entry => entry.Covers(local.Prefix)));

    private static int? Leaves(DeviceView device, PeerView peer) =>
        peer.Endpoint is { } endpoint && device.Namespace.Lookups.ForEndpoint(device, endpoint.Address) is { Type: RouteType.Unicast } lookup ? lookup.Link : null;

    private RuleFinding Build(MeshModel mesh, DeviceView device, LinkFact link, QdiscFact qdisc, List<PeerView> users, ulong sent)
    {
        var losing = users.Where(peer => PathDifference.Of(mesh, peer) is { Share: >= LossShare }).ToList();
        var (name, kind) = (DisplayText.Name(link.Name), DisplayText.Name(qdisc.Kind));
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The queue of {name} on {device.Node.Name} ({kind}) dropped {qdisc.DropGrowth} packets in {device.Node.Observed:0} s, {sent} were sent.",
            Confidence = losing.Count > 0 ? 0.93 : 0.85,
            Severity = losing.Count > 0 ? Descriptor.Severity : Severity.Warning,
        };
        draft.Evidence(device, $"tc -s qdisc show dev {name}: {kind} dropped", $"+{qdisc.DropGrowth}", "+0", "rtnetlink");
        draft.Evidence(device, $"ip -s link show {name}: TX packets", $"+{sent}", null, "rtnetlink");
        if (qdisc.BacklogBytes > 0) draft.Evidence(device, $"tc -s qdisc show dev {name}: backlog", $"{qdisc.BacklogBytes} bytes", "0", "rtnetlink");
        foreach (var peer in losing.Count > 0 ? losing : users) draft.Affects(peer, TunnelState.Degraded);
        return draft.Build();
    }
}
