// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Ipv6;

/// <summary>
/// Signal: a link forwards IPv6 and has accept_ra = 1, so the kernel ignores router advertisements there, although its address or its default route came from one.
/// Threshold: peers with IPv6 endpoints; Critical where the default route is gone and an endpoint has no route, a warning while the last one still runs out.
/// Traps: networkd and NetworkManager take advertisements themselves (accept_ra = 0, addresses without the kernel's sign); a default route by hand or by another
/// protocol; endpoints on the link.
/// </summary>
internal sealed class RouterAdvertisementRule : IRule
{
    /// <summary>RTPROT_RA.</summary>
    private const byte FromAdvertisement = 9;

    /// <summary>IFAPROT_KERNEL_RA.</summary>
    private const byte AddressFromAdvertisement = 2;

    /// <summary>IFA_F_PERMANENT: set on every address that somebody gave by hand; a kernel's own from an advertisement runs out.</summary>
    private const uint Permanent = 0x80;

    public RuleDescriptor Descriptor { get; } = new("WG-IPV6-RA-LOST", Layer.Route, Severity.Critical, "Router advertisements are ignored because the node forwards")
    {
        Precedence = Rules.Precedence.Underlay + 1,
        StopsHandshake = true,
        Explanation = "A node that forwards is a router, and a router does not listen to router advertisements unless accept_ra is 2. The default route that came from one is removed when "
            + "forwarding is switched on, or runs out within half an hour; then every IPv6 endpoint outside of the link is out of reach.",
        FalsifiedBy = "`ip -6 route show default` lists a route that is renewed, or that does not come from an advertisement.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is not null && device.Namespace.RoutesRead
        let peers = device.Peers.Where(peer => peer.Endpoint is { Address: { Family: IpFamily.IPv6, IsLinkLocal: false } }).ToList()
        where peers.Count > 0
        from link in device.Namespace.Links
        where link is { Up: true, Loopback: false } && Ignores(device.Namespace, link)
        let route = device.Namespace.Routes.FirstOrDefault(route => route is { Destination.IsDefault: true, Protocol: FromAdvertisement } && route.Destination.Family == IpFamily.IPv6 && NamespaceView.LeadsTo(route, link.Index))
        let lost = peers.Where(peer => device.Namespace.Lookups.ForEndpoint(device, peer.Endpoint!.Value.Address) is { Error: "ENETUNREACH" or "EHOSTUNREACH" }).ToList()
        let through = route is null ? [] : peers.Where(peer => device.Namespace.Lookups.ForEndpoint(device, peer.Endpoint!.Value.Address) is { Gateway: not null } lookup && lookup.Link == link.Index).ToList()
        where route is null ? lost.Count > 0 && HasAdvertisedAddress(device.Namespace, link) && HasNoDefault(device.Namespace) : through.Count > 0
        select Build(device, link, route, route is null ? lost : through);

    private static bool Ignores(NamespaceView ns, LinkFact link)
    {
        var name = link.Name.Replace('.', '/');
        var accept = ns.Sysctl($"net.ipv6.conf.{name}.accept_ra") ?? ns.Sysctl("net.ipv6.conf.all.accept_ra");
        var forwards = ns.Sysctl($"net.ipv6.conf.{name}.forwarding") ?? ns.Sysctl("net.ipv6.conf.all.forwarding");
        return accept == 1 && forwards is > 0;
    }

    private static bool HasAdvertisedAddress(NamespaceView ns, LinkFact link) => ns.AddressesOn(link.Index).Any(address =>
        address.Address is { Family: IpFamily.IPv6, IsLinkLocal: false } && (address.Protocol == AddressFromAdvertisement || (address.Flags is { } flags && (flags & Permanent) == 0 && address.ValidSeconds is not null)));

    private static bool HasNoDefault(NamespaceView ns) =>
        !ns.Routes.Any(route => route is { Destination.IsDefault: true, Type: RouteType.Unicast } && route.Destination.Family == IpFamily.IPv6 && !route.NextHops.Any(hop => ns.IsWireGuard(hop.Link)));

    private RuleFinding Build(DeviceView device, LinkFact link, RouteFact? route, List<PeerView> peers)
    {
        var name = DisplayText.Name(link.Name);
        var sysctl = $"net.ipv6.conf.{link.Name.Replace('.', '/')}.accept_ra";
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = route is null
                ? $"{device.Node.Name} has lost its IPv6 default route: {name} forwards and ignores router advertisements (accept_ra 1), so {DisplayText.Join(peers.Select(peer => peer.RemoteName), 3)} cannot be reached."
                : $"{device.Node.Name} will lose its IPv6 default route: {name} forwards and ignores router advertisements (accept_ra 1), and the route came from one.",
            Confidence = route is null ? 0.88 : 0.85,
            Severity = route is null ? Descriptor.Severity : Severity.Warning,
            Family = IpFamily.IPv6,
        };
        draft.Evidence(device, $"sysctl {DisplayText.Name(sysctl)}", "1, with forwarding on", "2", "/proc/sys/net");
        draft.Evidence(device, "ip -6 route show default", route is null ? "no route" : $"from a router advertisement (proto ra) dev {name}", "a route that is renewed", "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).Sysctl(sysctl, 2, 1));
        foreach (var peer in peers) draft.Affects(peer, route is null ? TunnelState.NoHandshake : TunnelState.Degraded);
        return draft.Build();
    }
}
