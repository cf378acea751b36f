// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>
/// Signal: the other end tries, nothing is received, the packet filters would let it pass, and a classifier of traffic control sits on the way in.
/// Threshold: none; classifiers that are no BPF programs are made by hand. Traps: BPF programs of a pod network are normal on every device, so they
/// are only a note; a capture tap sits before them and proves nothing.
/// </summary>
internal sealed class EbpfDatapathDropRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-EBPF-DATAPATH-DROP", Layer.Firewall, Severity.Error, "A classifier or program on the uplink may drop WireGuard's own packets")
    {
        Precedence = Rules.Precedence.OuterPath + 2,
        Explanation = "XDP programs and traffic control classifiers see packets before packet filters and sockets. What they drop is seen by a capture on the uplink and by nothing after it.",
        FalsifiedBy = "The handshake does not complete either while the program or classifier is detached for a short test.",
        StopsHandshake = true,
        Reach = Reach.Tunnels,
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        let silent = device.Peers.Where(peer => IsUnheard(peer, mesh.Thresholds)).ToList()
        where silent.Count > 0 && !Blockades.Of(device).Any(blockade => blockade.Way == BlockedWay.Outer)
            && Blockades.WalksOf(device).Any(walk => walk is { Purpose: WalkPurpose.OuterIn, Result: WalkResult.Passed })
        let links = UplinksOf(device, silent)
        let filters = (device.Namespace.Facts.TrafficControl?.Value?.Filters ?? []).Where(filter => filter is { Direction: "ingress" } && links.Contains(filter.Link)).ToList()
        let byHand = filters.Where(filter => filter.Kind is "flower" or "u32" or "basic" or "matchall" or "fw").ToList()
        let programs = device.Namespace.Links.Where(link => links.Contains(link.Index) && link.Xdp is not null).ToList()
        where byHand.Count > 0 || programs.Count > 0 || filters.Exists(filter => filter.Kind == "bpf")
        select Build(device, silent, byHand, filters, programs);

    private static bool IsUnheard(PeerView peer, Thresholds thresholds) =>
        Session.State(peer, thresholds) is SessionState.Never or SessionState.Old
        && peer.Reverse is { } other && Session.Tries(other) && other.Fact.Sent.Growth >= Traffic.Initiation && peer.Fact.Received.Growth is null or 0;

    private static HashSet<int> UplinksOf(DeviceView device, List<PeerView> peers) =>
        [.. peers.Where(peer => peer.Endpoint is not null).Select(peer => device.Namespace.Lookups.ForEndpoint(device, peer.Endpoint!.Value.Address)?.Link).OfType<int>()];

    private RuleFinding Build(DeviceView device, List<PeerView> silent, List<PacketFilterFact> byHand, List<PacketFilterFact> filters, List<LinkFact> programs)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} hears nothing from {DisplayText.Join(silent.Select(peer => peer.RemoteName), 3)}, its packet filters would let it pass, and {DisplayText.Join(byHand.Concat(filters).Select(filter => $"a {DisplayText.Name(filter.Kind)} classifier on {device.Namespace.LinkName(filter.Link)}").Concat(programs.Select(link => $"an XDP program on {DisplayText.Name(link.Name)}")).Distinct(), 2)} sees packets before them.",
            Confidence = byHand.Count > 0 ? 0.6 : 0.35,
            Severity = byHand.Count > 0 ? Severity.Error : Severity.Info,
        };
        foreach (var filter in filters.Take(4))
            draft.Evidence(device, $"tc filter show dev {device.Namespace.LinkName(filter.Link)} ingress", $"{DisplayText.Name(filter.Kind)} pref {filter.Preference} {DisplayText.Name(filter.ProgramName ?? "")}", null, "rtnetlink RTM_GETTFILTER");
        foreach (var filter in byHand.Take(2))
        {
            var link = Shell.Word(device.Namespace.LinkByIndex(filter.Link)?.Name);
            draft.Mend(new FilterCommands(device).Line(Shell.Line("tc -s filter show dev", link, "ingress"), null, "shows what the classifiers count; the one that drops is deleted with `tc filter del dev DEV ingress pref N`"));
        }

        if (byHand.Count > 0)
        {
            foreach (var peer in silent) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        }

        return draft.Build();
    }
}
