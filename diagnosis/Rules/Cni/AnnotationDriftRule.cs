// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: a node publishes another key, another port or no readable key for a device that has one.
/// Threshold: keys are compared as 32 bytes; nothing published at all counts only where two other nodes publish.
/// Traps: an all-zero key says that there is no WireGuard and is left alone; a key that another node publishes too is WG-CNI-KEY-CONFLICT;
/// a port that is not published is the reader's own.
/// </summary>
internal sealed class AnnotationDriftRule : IRule
{
    private const int EnoughOthers = 2;

    public RuleDescriptor Descriptor { get; } = new("WG-CNI-ANNOTATION-DRIFT", Layer.Cni, Severity.Error, "What is published does not describe the device")
    {
        Precedence = Rules.Precedence.ControlPlane + 2,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "Other nodes learn a node's key and port only from what its agent publishes. When that is wrong they all hold a wrong peer, whatever is set "
            + "right on them by hand.",
        FalsifiedBy = "The annotation holds the device's `public key` and `listening port` when both are read at the same moment.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Publication.All(mesh).Select(Judge).OfType<RuleFinding>();

    private RuleFinding? Judge(Publication publication)
    {
        var (device, own) = (publication.Device, publication.Own);
        if (own is null or { KeyText: null })
        {
            var others = publication.Everyone.All.Count(other => other.Key is not null && other.Node.Name != device.Node.Facts.Node);
            return others < EnoughOthers ? null : Build(publication, $"no readable key in {own?.Where ?? publication.Everyone.All[0].Where}", device.Key!, 0.85);
        }

        if (own.IsNone) return null;
        if (own.Key is null) return Build(publication, "something that is no key", device.Key!, 0.95);
        if (own.Key != device.Key)
        {
            var isOthers = publication.Everyone.Of(own.Key).Any(other => other.Node.Name != own.Node.Name);
            return isOthers ? null : Build(publication, own.Key, device.Key!, 0.93);
        }

        return own.Port is { } port && device.Fact.ListenPort != 0 && port != device.Fact.ListenPort
            ? Build(publication, $"port {port}", $"port {device.Fact.ListenPort}", 0.93)
            : null;
    }

    private RuleFinding Build(Publication publication, string published, string real, double confidence)
    {
        var (device, own) = (publication.Device, publication.Own);
        var where = own?.Where ?? publication.Everyone.All[0].Where;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Node {device.Node.Name} publishes {published} for {device.Name}, which has {real}: {publication.Profile.Name} tells all other nodes wrong.",
            Confidence = confidence,
        };
        draft.Evidence(device, $"annotation {where}", published, real, "kubernetes api");
        draft.Evidence(device, $"wg show {device.Name}", $"public key {device.Key}, listening port {device.Fact.ListenPort}", null);
        foreach (var entry in device.HeldBy) draft.Affects(entry, TunnelState.NoHandshake);
        foreach (var entry in device.Peers) draft.Affects(entry, TunnelState.NoHandshake);
        // What others hold under the published key is meant for this device.
        if (own?.Key is { } wrong && wrong != device.Key)
        {
            foreach (var holder in device.Peers.Select(peer => peer.Remote).OfType<DeviceView>())
                draft.Affects(holder.PeerByKey(wrong), TunnelState.NoHandshake);
        }

        return draft.Build();
    }
}
