// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: the AllowedIPs that a node holds for another one have nothing in common with that node's spec.podCIDRs of the same family.
/// Threshold: no overlap at all.
/// Traps: networks that keep their own book of addresses (Calico, Cilium) do not use podCIDRs; Kilo adds others; an entry without AllowedIPs is a leftover.
/// </summary>
internal sealed class PodCidrChangedRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-PODCIDR-CHANGED", Layer.Cni, Severity.Error, "A node's pod range changed and others did not follow")
    {
        Precedence = Rules.Precedence.ControlPlane + 4,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        Reach = Reach.Node,
        Explanation = "Agents make a peer's AllowedIPs from the node's pod range when they first see it. Flannel's comparison of updates does not look at the range, so a "
            + "node that was made again under its old name keeps the old one everywhere.",
        FalsifiedBy = "`kubectl get node NAME -o jsonpath={.spec.podCIDRs}` is among the AllowedIPs of the node's peer entry.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var publication in Publication.All(mesh).Where(publication => publication.Profile.UsesPodCidrs))
        {
            var wrong = publication.Device.Peers.SelectMany(peer => Compare(publication, peer)).ToList();
            if (wrong.Count > 0) yield return Build(publication, wrong);
        }
    }

    private static IEnumerable<Outdated> Compare(Publication publication, PeerView peer)
    {
        if (publication.Publisher(peer.Key) is not { } owner) yield break;
        foreach (var family in peer.AllowedIps.Select(prefix => prefix.Family).Distinct())
        {
            var held = peer.AllowedIps.Where(prefix => prefix.Family == family).ToList();
            var given = owner.Node.PodCidrs.Where(prefix => prefix.Family == family).ToList();
            if (given.Count > 0 && !held.Exists(prefix => given.Exists(prefix.Overlaps))) yield return new Outdated(peer, owner.Node.Name, family, held, given);
        }
    }

    private RuleFinding Build(Publication publication, List<Outdated> wrong)
    {
        var device = publication.Device;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{publication.Profile.Name} on {device.Node.Name} still holds an old pod range of {DisplayText.Join(wrong.Select(item => DisplayText.NodeName(item.Node)).Distinct())}.",
            Confidence = 0.92,
            Entry = wrong.Count == 1 ? wrong[0].Peer : null,
            Family = wrong.Select(item => item.Family).Distinct().Count() == 1 ? wrong[0].Family : null,
            Prefixes = [.. wrong.SelectMany(item => item.Given).Distinct()],
        };
        foreach (var item in wrong)
        {
            draft.Evidence(device, $"wg show {device.Name} allowed-ips", DisplayText.Join(item.Held), DisplayText.Join(item.Given));
            draft.Evidence(device, $"spec.podCIDRs of node {DisplayText.NodeName(item.Node)}", DisplayText.Join(item.Given), null, "kubernetes api");
            draft.Affects(item.Peer, TunnelState.OneWay);
        }

        return draft.Build();
    }
}

/// <summary>A peer with a pod range that its node no longer has.</summary>
internal sealed record Outdated(PeerView Peer, string Node, IpFamily Family, IReadOnlyList<IpPrefix> Held, IReadOnlyList<IpPrefix> Given);
