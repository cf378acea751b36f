// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

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
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "The kernel asks the link whether an address is free before it uses it. One that failed is never used as a source: the node sends from another address or from none, "
            + "and peers may follow it there; what is sent to the address goes to the machine that has it.",
        FalsifiedBy = "`ip -6 addr show` does not list the address as dadfailed.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        from ns in node.Namespaces
        where ns.Devices.Count > 0
        from address in ns.Addresses
        where address.HasFailedDad && !ns.IsWireGuard(address.Link)
        let senders = mesh.Peers.Where(peer => peer.Endpoint?.Address == address.Address).ToList()
        where senders.Count > 0 || ns.UnderlayLinks.Contains(address.Link)
        select Build(ns, address, senders);

    private RuleFinding Build(NamespaceView ns, AddressFact address, List<PeerView> senders)
    {
        var draft = new FindingDraft(Descriptor, ns.Devices[0])
        {
            Message = $"The IPv6 address {address.Address} of {ns.LinkName(address.Link)} on {ns.Node.Name} cannot be used: another machine on the link has it.",
            Confidence = 0.95,
            Family = address.Address.Family,
            Place = ns,
        };
        draft.Evidence(ns, $"ip -6 addr show dev {ns.LinkName(address.Link)}", $"{address.Address} dadfailed", "no such flag");
        draft.Mend(new NamespaceCommands(ns).DeleteAddress(address));
        // Those who send to it send to somebody else; and the node itself has nothing else to send from on that link.
        var alone = !ns.AddressesOn(address.Link).Any(other => other.Address is { Family: IpFamily.IPv6, IsLinkLocal: false } && !other.Unusable);
        var own = ns.Devices.SelectMany(device => device.Peers).Where(peer => alone && peer.Endpoint is { } to && ns.Lookups.ForEndpoint(peer.Device, to.Address)?.Link == address.Link);
        foreach (var peer in senders.Concat(own).Where(peer => !Works(peer))) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        return draft.Build();
    }

    private static bool Works(PeerView peer) => peer.Fact.Received.Grew && peer.Reverse?.Fact.Received.Grew != false;
}
