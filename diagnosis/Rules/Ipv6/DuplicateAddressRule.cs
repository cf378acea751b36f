// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Ipv6;

/// <summary>
/// Signal: an IPv6 address of an uplink is marked as a duplicate (IFA_F_DADFAILED).
/// Threshold: none, the kernel heard somebody else answer for it.
/// Traps: "tentative" is normal for about a second after adding; WireGuard devices do not ask.
/// </summary>
internal sealed class DuplicateAddressRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IPV6-DAD-FAILED", Layer.Address, Severity.Warning, "Somebody else has the uplink's IPv6 address")
    {
        Precedence = Rules.Precedence.Underlay + 7,
        Explanation = "The kernel asks the link whether an address is free before it uses it. One that failed is never used as a source: the node sends from another address or from none, "
            + "and peers may follow it there.",
        FalsifiedBy = "`ip -6 addr show` does not list the address as dadfailed.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        from ns in node.Namespaces
        where ns.Devices.Count > 0
        from address in ns.Addresses
        where address.HasFailedDad && !ns.IsWireGuard(address.Link) && (ns.UnderlayLinks.Contains(address.Link) || mesh.Peers.Any(peer => peer.Endpoint?.Address == address.Address))
        select new FindingDraft(Descriptor, ns.Devices[0])
        {
            Message = $"The IPv6 address {address.Address} of {ns.LinkName(address.Link)} on {node.Name} cannot be used: another machine on the link has it.",
            Confidence = 0.95,
            Family = address.Address.Family,
            Place = ns,
        }
            .Evidence(ns, $"ip -6 addr show dev {ns.LinkName(address.Link)}", $"{address.Address} dadfailed", "no such flag")
            .Mend(new NamespaceCommands(ns).DeleteAddress(address))
            .Build();
}
