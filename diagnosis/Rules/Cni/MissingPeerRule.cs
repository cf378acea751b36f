// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: a ready node publishes a key, and a device of the same network on another node has no peer with it.
/// Threshold: only networks in which everyone is to be everyone's peer, and devices whose own key is the published one.
/// Traps: keys that several nodes publish are left out by design; a node whose device has another key than it publishes is WG-CNI-ANNOTATION-DRIFT;
/// an entry with an old key at the node's address is WG-KEY-DRIFT; lists that may be cut prove nothing.
/// </summary>
internal sealed class MissingPeerRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-MISSING-PEER", Layer.Cni, Severity.Critical, "The agent did not make a published peer")
    {
        Precedence = Rules.Precedence.ControlPlane + 5,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        StopsHandshake = true,
        Explanation = "The agent makes a peer of every node that publishes a key. Where one is missing, the agent does not see the node, refuses it, or has stopped "
            + "following; handshakes from that node are dropped without a sign.",
        FalsifiedBy = "`wg show <device> peers` on the subject lists the published key.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        var devices = mesh.Devices.Where(device => device.Key is not null).ToLookup(device => device.Key!);
        foreach (var publication in Publication.All(mesh))
        {
            if (!publication.Profile.IsFullMesh || !publication.Device.PeersComplete || publication.Own?.Key != publication.Device.Key) continue;
            var missing = publication.Everyone.All.Where(other => IsMissing(mesh, publication, other, devices)).ToList();
            if (missing.Count > 0) yield return Build(publication, missing, devices);
        }
    }

    private static bool IsMissing(MeshModel mesh, Publication publication, PublishedDevice other, ILookup<string, DeviceView> devices)
    {
        var device = publication.Device;
        if (other.Key is not { } key || key == device.Key || other.Node.Name == device.Node.Facts.Node || other.Node.Ready != true) return false;
        if (publication.Publisher(key) is null || device.Holds(key) != false) return false;
        // Its facts were read, and its device has not the key that it publishes.
        if (!devices[key].Any() && mesh.Nodes.Any(node => node.Facts.Node == other.Node.Name)) return false;
        return !device.Peers.Any(peer => peer.Endpoint is { } endpoint && !peer.KeyIsKnown && (other.Endpoints.Contains(endpoint.Address) || other.Node.Addresses.Contains(endpoint.Address)));
    }

    private RuleFinding Build(Publication publication, List<PublishedDevice> missing, ILookup<string, DeviceView> devices)
    {
        var device = publication.Device;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{publication.Profile.Name} on {device.Node.Name} did not make a peer of {DisplayText.Join(missing.Select(other => DisplayText.NodeName(other.Node.Name)))}, "
                + "although the key is published.",
            Confidence = 0.93,
        };
        draft.Evidence(device, $"wg show {device.Name} peers", $"{device.PeerCount} peers", $"{publication.Everyone.All.Count - 1} that are published");
        foreach (var other in missing)
        {
            draft.Evidence(device, $"annotation {other.Where} of node {DisplayText.NodeName(other.Node.Name)}", other.Key!, "a peer with this key", "kubernetes api");
            foreach (var remote in devices[other.Key!]) draft.Affects(remote.PeerByKey(device.Key!), TunnelState.NoHandshake);
        }

        return draft.Build();
    }
}
