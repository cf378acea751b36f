// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: two nodes publish one key.
/// Threshold: none, keys are compared as 32 bytes.
/// Traps: two Node objects of one machine, which share an address, are only noted.
/// </summary>
internal sealed class KeyConflictRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-KEY-CONFLICT", Layer.Cni, Severity.Critical, "Two nodes publish one key")
    {
        Precedence = Rules.Precedence.ControlPlane + 1,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "A device has one peer for a key. Calico leaves out all nodes that publish the same one, Cilium refuses the second, others let the last one win: "
            + "at least one of the nodes is reached by nobody.",
        FalsifiedBy = "The annotations of the two nodes hold different keys.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var publication in Publication.All(mesh).OrderByDescending(publication => publication.Own?.Key is { } key && key != publication.Device.Key))
        {
            if (publication.Own?.Key is not { } key) continue;
            var owners = publication.Everyone.Of(key).OrderBy(other => other.Node.Name, StringComparer.Ordinal).ToList();
            if (owners.Count > 1 && told.Add(key)) yield return Build(publication, key, owners);
        }
    }

    private RuleFinding Build(Publication publication, string key, List<PublishedDevice> owners)
    {
        var device = publication.Device;
        var oneMachine = owners.Skip(1).All(other => other.Node.Addresses.Any(owners[0].Node.Addresses.Contains));
        var copied = device.Key != key;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Nodes {DisplayText.Join(owners.Select(owner => DisplayText.NodeName(owner.Node.Name)))} publish the same key"
                + (copied ? $", and {device.Name} on {device.Node.Name} has another one." : "."),
            Confidence = copied ? 0.97 : 0.92,
            Severity = oneMachine ? Severity.Info : Descriptor.Severity,
        };
        foreach (var owner in owners) draft.Evidence(device, $"annotation {owner.Where} of node {DisplayText.NodeName(owner.Node.Name)}", key, "a key of its own", "kubernetes api");
        if (copied) draft.Evidence(device, $"wg show {device.Name} public-key", device.Key!, key);
        if (oneMachine) return draft.Build();
        foreach (var entry in device.HeldBy.Concat(device.Peers)) draft.Affects(entry, TunnelState.NoHandshake);
        return draft.Build();
    }
}
