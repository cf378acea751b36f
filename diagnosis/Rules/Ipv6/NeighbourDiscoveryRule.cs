// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Underlay;

namespace KubeWgDiag.Diagnosis.Rules.Ipv6;

/// <summary>
/// Signal: the next hop of IPv6 endpoints does not answer neighbour discovery, and the node's own packet filters drop its answers (ICMPv6 136 coming in) or the
/// questions (135 going out).
/// Threshold: both; a filter alone hurts nobody while entries are fixed, a silent neighbour alone is WG-NEIGH-FAILED.
/// Traps: WireGuard devices have no neighbours; filters that were not read leave WG-NEIGH-FAILED.
/// </summary>
internal sealed class NeighbourDiscoveryRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IPV6-ND-BLOCKED", Layer.Firewall, Severity.Critical, "A filter drops IPv6 neighbour discovery")
    {
        Precedence = Rules.Precedence.Underlay + 2,
        StopsHandshake = true,
        Explanation = "IPv6 finds hardware addresses with ICMPv6 messages that pass the packet filters, unlike IPv4's ARP. A filter that drops them cuts the node off its own link as soon as "
            + "the known neighbours are forgotten; IPv4 goes on working.",
        FalsifiedBy = "`ip -6 neigh` shows the next hop as REACHABLE, or the filter accepts ICMPv6 types 135 and 136.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from hop in NextHop.Find(mesh)
        where hop.Address.Family == IpFamily.IPv6 && hop.IsSilent && hop.Source is not null
        let drop = FilterQuestions.NeighbourDiscoveryDrop(hop.Device.Namespace, hop.Link, hop.Source!.Value, hop.Address)
        where drop is not null
        select Build(hop, drop);

    private RuleFinding Build(NextHop hop, string drop)
    {
        var device = hop.Device;
        var link = DisplayText.Name(hop.Link.Name);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} a packet filter drops IPv6 neighbour discovery ({drop}), so the next hop {hop.Address} on {link} is never found.",
            Confidence = 0.95,
            Family = IpFamily.IPv6,
        };
        draft.Evidence(device, $"ip -6 neigh show {hop.Address} dev {link}", hop.Entry.State, "REACHABLE or STALE", "rtnetlink");
        draft.Evidence(device, "ICMPv6 135 and 136 through the packet filters", drop, "accepted", "nf_tables, xtables");
        foreach (var peer in hop.Peers) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        return draft.Build();
    }
}
