// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: a peer whose key no node publishes and no observed device has.
/// Threshold: it owns part of a living node's pod range: that traffic goes to nobody. Else it is only noted, and only when it owns something.
/// Traps: entries at a living node's address are old keys (WG-KEY-DRIFT); networks that allow peers from outside (Kilo) are left alone; a peer with a fresh
/// session is somebody; while any node publishes no readable key, nobody knows whose the peer is.
/// </summary>
internal sealed class StalePeerRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-STALE-PEER", Layer.Cni, Severity.Error, "A peer of a node that is gone")
    {
        Precedence = Rules.Precedence.ControlPlane + 6,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        Reach = Reach.Device,
        Explanation = "AllowedIPs belong to one peer at a time. An entry that was left behind keeps the pod range that its node had, also after the range was given to "
            + "another node.",
        FalsifiedBy = "A node of the cluster has the key, or the peer was added on purpose by somebody else.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var publication in Publication.All(mesh))
        {
            if (!publication.Profile.IsFullMesh || publication.Own?.Key != publication.Device.Key || publication.Everyone.HasUnreadable) continue;
            foreach (var peer in publication.Device.Peers)
            {
                if (peer.AllowedIps.Count > 0 && !peer.KeyIsKnown && publication.Everyone.Of(peer.Key).Count == 0 && IsNobody(mesh, peer)) yield return Build(mesh, publication, peer);
            }
        }
    }

    private static bool IsNobody(MeshModel mesh, PeerView peer) =>
        Session.State(peer, mesh.Thresholds) is SessionState.Never or SessionState.Old
        && !peer.Fact.Received.Grew
        && (peer.Endpoint is not { } endpoint
            || (mesh.Addresses.OwnerOf(endpoint.Address) is null && !mesh.Cluster.Nodes.Any(node => node.Addresses.Contains(endpoint.Address))));

    private RuleFinding Build(MeshModel mesh, Publication publication, PeerView peer)
    {
        var device = publication.Device;
        var robbed = mesh.Cluster.Nodes.Where(node => publication.Profile.UsesPodCidrs && node.PodCidrs.Any(cidr => peer.AllowedIps.Any(cidr.Overlaps))).ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = robbed.Count > 0
                ? $"Device {device.Name} on {device.Node.Name} has a peer of no living node, which holds {DisplayText.Join(peer.AllowedIps)} of {DisplayText.Join(robbed.Select(node => DisplayText.NodeName(node.Name)))}."
                : $"Device {device.Name} on {device.Node.Name} has a peer of no living node; it holds nothing that is used.",
            Confidence = 0.9,
            Severity = robbed.Count > 0 ? Descriptor.Severity : Severity.Info,
            Entry = peer,
            Prefixes = peer.AllowedIps,
        };
        draft.Evidence(device, $"wg show {device.Name} peers", peer.Key, $"one of the {publication.Everyone.All.Count} published keys");
        draft.Evidence(device, $"wg show {device.Name} allowed-ips", DisplayText.Join(peer.AllowedIps), null);
        draft.Mend(new NodeCommands(device).RemovePeer(peer));
        if (robbed.Count > 0) draft.Affects(peer, TunnelState.NoHandshake);
        return draft.Build();
    }
}
