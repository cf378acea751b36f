// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: the device has AllowedIPs of a family but no address of it, while most other devices of the mesh have one.
/// Threshold: more than half of the siblings that are up and use the family.
/// Traps: devices without addresses by design (Cilium, Submariner) have siblings without addresses too; unnumbered tunnels whose packets get a
/// source that the peers accept work, and are a warning only where all others show which address is missing; an address that is still
/// tentative is not missing.
/// </summary>
internal sealed class IfaceNoAddressRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IFACE-NO-ADDRESS", Layer.Address, Severity.Error, "The WireGuard device has no address")
    {
        Precedence = Rules.Precedence.Device + 9,
        ExplainedBy = ["WG-IFACE-MOVED-NETNS", "WG-IFACE-DOWN", "WG-MTU-TOO-SMALL", "WG-IPV6-DISABLED", "WG-CNI-WG-ADDRESS-PENDING", "WG-NETWORKMANAGER-INTERFERENCE"],
        Explanation = "Traffic that the node itself sends into the tunnel then carries another address of the node as its source, which the far side refuses. "
            + "Removing the last IPv4 address also removes every IPv4 route through the device.",
        FalsifiedBy = "`ip addr show` lists a usable address of the family on the device, or the far side accepts the source that `ip route get` shows.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is not null && Safe.WasRead(device.Namespace.Facts.Addresses) && !mesh.OwnerOf(device).Normally(NormalBehaviour.NoAddress)
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        where Lacks(device, family)
        let siblings = mesh.Siblings(device).Where(other => other.Link is { Up: true } && Uses(other, family)).ToList()
        let numbered = siblings.Count(other => other.Addresses(family).Any())
        where numbered * 2 > siblings.Count
        let inferred = AddressConvention.AddressFor(mesh, device, family)
        let accepted = SourceIsAccepted(device, family)
        // Unnumbered, with a source that works; a fault only where all others show which address is missing.
        where !accepted || (inferred is not null && numbered == siblings.Count)
        select Build(mesh, device, new Lack(family, numbered, siblings.Count, inferred, accepted));

    private static bool Uses(DeviceView device, IpFamily family) =>
        device.Peers.Any(peer => peer.AllowedIps.Any(prefix => prefix.Family == family));

    private static bool Lacks(DeviceView device, IpFamily family) =>
        Uses(device, family)
        && !device.Namespace.AddressesOn(device.Link!.Index).Any(address => address.Address.Family == family && !address.Address.IsLinkLocal);

    // The kernel chooses a source for the device's prefixes, and the peers hold it for this node: unnumbered, and fine.
    private static bool SourceIsAccepted(DeviceView device, IpFamily family) => device.Peers
        .SelectMany(peer => peer.AllowedIps)
        .Where(prefix => prefix.Family == family)
        .Select(prefix => device.Namespace.Lookups.ForPrefix(device, prefix))
        .Any(lookup => lookup is { Type: RouteType.Unicast, Source: { } source } && lookup.Link == device.Link!.Index
            && device.HeldBy.Any(entry => entry.Covers(IpPrefix.Host(source))));

    private RuleFinding Build(MeshModel mesh, DeviceView device, Lack lack)
    {
        var family = lack.Family;
        var name = family == IpFamily.IPv4 ? "IPv4" : "IPv6";
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} has no {name} address; {lack.Numbered} of the {lack.Siblings} other devices of this mesh have one."
                + (lack.Inferred is var (wanted, _) ? $" By their pattern it should be {wanted}." : "")
                + (lack.SourceAccepted ? " The node's own packets get another source that the peers accept for now." : ""),
            Confidence = (lack.Inferred is null ? 0.75 : 0.93) - (lack.SourceAccepted ? 0.13 : 0),
            Severity = lack.SourceAccepted ? Severity.Warning : Descriptor.Severity,
            Family = family,
        };
        draft.Evidence(device, $"ip addr show dev {device.Name}", $"no {name} address", lack.Inferred is var (address, length) ? $"{address}/{length}" : null, "rtnetlink");
        foreach (var sibling in mesh.Siblings(device).Where(other => other.Addresses(family).Any()).Take(3))
        {
            draft.Evidence(sibling, $"ip addr show dev {sibling.Name}", string.Join(", ", sibling.Addresses(family).Select(own => $"{own.Address}/{own.PrefixLength}")), null, "rtnetlink");
        }

        draft.Mend(InterfaceRepair.Commands(mesh, device, family));
        var state = device.RoutesInto(family).Any() ? TunnelState.Degraded : TunnelState.NotRoutedIn;
        foreach (var peer in device.Peers.Where(peer => peer.AllowedIps.Any(prefix => prefix.Family == family))) draft.Affects(peer, state);
        if (device.HoldsForUnlisted(peer => peer.AllowedIps.Any(prefix => prefix.Family == family))) draft.AffectsUnlisted(device, outbound: state);
        return draft.Build();
    }

    private sealed record Lack(IpFamily Family, int Numbered, int Siblings, (IpAddr Address, int Length)? Inferred, bool SourceAccepted);
}
