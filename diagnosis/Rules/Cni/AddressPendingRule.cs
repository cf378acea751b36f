// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: a node publishes its key but not the address of its device, and the device has none.
/// Threshold: none; both the annotation and the address must be missing.
/// Traps: with host encryption the device has the node's address and publishes none; networks whose devices have no address publish none.
/// </summary>
internal sealed class AddressPendingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-WG-ADDRESS-PENDING", Layer.Cni, Severity.Error, "The device got no address from the pod network")
    {
        Precedence = Rules.Precedence.ControlPlane + 8,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        Explanation = "Calico asks its address pool for an address after the key exists. While it gets none, what the node itself sends into the tunnel has the wrong "
            + "source and is refused at the other end; pods are not concerned.",
        FalsifiedBy = "The annotation with the interface address is there, or the device has an address.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var publication in Publication.All(mesh))
        {
            if (publication is not { Own: { Key: not null, AddressIn: { } annotation, Family: { } family } own, Device: { Link.Up: true } device }) continue;
            if (own.Node.Annotation(annotation) is null && Safe.WasRead(device.Namespace.Facts.Addresses) && !device.Addresses(family).Any())
                yield return Build(publication, annotation);
        }
    }

    private RuleFinding Build(Publication publication, string annotation)
    {
        var device = publication.Device;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{publication.Profile.Name} gave {device.Name} on {device.Node.Name} a key but no address: its address pools have none for tunnels.",
            Confidence = 0.88,
            Family = publication.Own!.Family,
        };
        return draft
            .Evidence(device, $"annotation {annotation}", "not there", "the device's address", "kubernetes api")
            .Evidence(device, $"ip addr show dev {device.Name}", "no address", "one address")
            .Build();
    }
}
