// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: the device's MTU plus WireGuard's overhead does not fit the way to an endpoint.
/// Threshold: 60 bytes over IPv4 and 80 over IPv6: 20 or 40 IP, 8 UDP, 16 data header, 16 tag (WireGuard paper, section 5.4.6).
/// Traps: endpoints behind loopback (relays on the host), failed lookups, routes into the device that carry a smaller MTU themselves, jumbo
/// underlays, several underlays of one device (the smallest counts, for its peers only).
/// </summary>
internal sealed class MtuTooBigRule : IRule
{
    private const int Overhead4 = 60;
    private const int Overhead6 = 80;

    /// <summary>No IPv4 link is smaller (RFC 791); a smaller number is a damaged fact.</summary>
    private const int SmallestMtu = 68;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-TOO-BIG", Layer.Mtu, Severity.Warning, "The tunnel's MTU does not fit the underlay")
    {
        Precedence = Rules.Precedence.Data + 1,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-MTU-UNDERLAY-CHANGED", "WG-IPV6-OVERHEAD"],
        Explanation = "Every full packet becomes two on the underlay. The kernel's WireGuard lets IPv4 routers fragment, which costs throughput; over IPv6, from userspace "
            + "implementations, or where fragments are dropped, large packets vanish while small ones pass.",
        FalsifiedBy = "The way to the endpoint carries packets of the device's MTU plus the overhead without fragmentation.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true, Mtu: > SmallestMtu }
        let inner = InnerMtu(device)
        let tight = device.Peers.Select(peer => Way(device, peer)).OfType<TightWay>().Where(way => way.Limit < inner).ToList()
        where tight.Count > 0
        select Build(device, inner, tight);

    // Routes made into the device may all carry a smaller MTU; then no packet of the device's size is ever made.
    private static int InnerMtu(DeviceView device)
    {
        var routes = new[] { IpFamily.IPv4, IpFamily.IPv6 }.SelectMany(device.RoutesInto).Where(RouteConvention.IsStatic).ToList();
        return routes.Count == 0 ? device.Link!.Mtu : routes.Max(route => Math.Min(route.Mtu ?? device.Link!.Mtu, device.Link!.Mtu));
    }

    private static TightWay? Way(DeviceView device, PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint) return null;
        var ns = device.Namespace;
        if (ns.Lookups.ForEndpoint(device, endpoint.Address) is not { Type: RouteType.Unicast, Link: { } index } lookup) return null;
        if (ns.LinkByIndex(index) is not { Loopback: false } link || ns.IsWireGuard(index)) return null;
        var mtu = lookup.Mtu is > SmallestMtu and var own ? Math.Min(own, link.Mtu > SmallestMtu ? link.Mtu : own) : link.Mtu;
        if (mtu <= SmallestMtu) return null;
        return new TightWay(peer, link, mtu, mtu - (endpoint.Address.Family == IpFamily.IPv4 ? Overhead4 : Overhead6));
    }

    private RuleFinding Build(DeviceView device, int inner, List<TightWay> tight)
    {
        var worst = tight.MinBy(way => way.Limit)!;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} has MTU {inner}, but its underlay {DisplayText.Name(worst.Link.Name)} carries {worst.Mtu}: at most {worst.Limit} fit.",
            Confidence = 0.9,
            Family = worst.Peer.Endpoint!.Value.Address.Family,
        };
        draft.Evidence(device, $"ip link show {device.Name}", $"mtu {inner}", $"at most {worst.Limit}", "rtnetlink");
        draft.Evidence(device, $"ip route get {worst.Peer.Endpoint.Value.Address}", $"dev {DisplayText.Name(worst.Link.Name)}, mtu {worst.Mtu}", null, "rtnetlink");
        draft.Mend(new NodeCommands(device).Mtu(worst.Limit, device.Link!.Mtu));
        foreach (var way in tight) draft.Affects(way.Peer, TunnelState.Degraded);
        return draft.Build();
    }

    private sealed record TightWay(PeerView Peer, LinkFact Link, int Mtu, int Limit);
}
