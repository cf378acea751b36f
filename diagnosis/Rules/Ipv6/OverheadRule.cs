// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Ipv6;

/// <summary>
/// Signal: the device's MTU is exactly that of its underlay less 60, the overhead over IPv4, and a peer has an IPv6 endpoint, which takes 80.
/// Threshold: exactly; any other MTU that does not fit is WG-MTU-TOO-BIG.
/// Traps: no IPv6 endpoint at all; routes into the device that carry a smaller MTU.
/// </summary>
internal sealed class OverheadRule : IRule
{
    private const int Overhead4 = 60;
    private const int Overhead6 = 80;

    public RuleDescriptor Descriptor { get; } = new("WG-IPV6-OVERHEAD", Layer.Mtu, Severity.Warning, "The MTU was computed for IPv4 endpoints")
    {
        Precedence = Rules.Precedence.Data,
        Explanation = "WireGuard adds 60 bytes over IPv4 and 80 over IPv6. With the smaller number full packets are 20 bytes too long for the underlay as soon as an endpoint is IPv6, and IPv6 "
            + "routers never fragment.",
        FalsifiedBy = "No peer has an IPv6 endpoint, or the path carries larger packets than the uplink's MTU says.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && !device.RoutesInto(IpFamily.IPv4).Concat(device.RoutesInto(IpFamily.IPv6)).Any(route => route.Mtu is > 0 && route.Mtu <= device.Link!.Mtu - (Overhead6 - Overhead4))
        let tight = device.Peers.Where(peer => UnderlayMtu(device, peer) is { } mtu && device.Link!.Mtu == mtu - Overhead4).ToList()
        where tight.Count > 0
        select Build(device, tight, device.Link!.Mtu + Overhead4);

    private static int? UnderlayMtu(DeviceView device, PeerView peer)
    {
        if (peer.Endpoint is not { Address.Family: IpFamily.IPv6 } endpoint) return null;
        if (device.Namespace.Lookups.ForEndpoint(device, endpoint.Address) is not { Type: RouteType.Unicast, Link: { } index } lookup) return null;
        return device.Namespace.IsWireGuard(index) || device.Namespace.LinkByIndex(index) is not { Loopback: false } link ? null : lookup.Mtu is > 0 and var own ? Math.Min(own, link.Mtu) : link.Mtu;
    }

    private RuleFinding Build(DeviceView device, List<PeerView> tight, int underlay)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Device {device.Name} on {device.Node.Name} has MTU {device.Link!.Mtu}, right for IPv4 endpoints, but {DisplayText.Join(tight.Select(peer => peer.RemoteName), 3)} has an IPv6 one: at most {underlay - Overhead6} fit.",
            Confidence = 0.92,
            Family = IpFamily.IPv6,
        };
        draft.Evidence(device, $"ip link show {device.Name}", $"mtu {device.Link.Mtu}", $"at most {underlay - Overhead6}", "rtnetlink");
        draft.Evidence(device, $"ip -6 route get {tight[0].Endpoint!.Value.Address}", $"mtu {underlay}", null, "rtnetlink");
        draft.Mend(new NodeCommands(device).Mtu(underlay - Overhead6, device.Link.Mtu));
        foreach (var peer in tight) draft.Affects(peer, TunnelState.Degraded);
        return draft.Build();
    }
}
