// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Performance;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: the tunnel also carries what nodes send to each other's own addresses (the peer owns its own endpoint's address), though the route there is the uplink's and
/// has the uplink's MTU.
/// Threshold: a note, as programs redirect packets where routes do not tell; a warning when large packets between the two nodes are lost meanwhile.
/// Traps: without node encryption no peer owns its endpoint's address; a route into the tunnel has the tunnel's MTU; a route with an MTU of its own.
/// </summary>
internal sealed class HostPlaneMtuRule : IRule
{
    private const ulong LeastBytes = 1000;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-ROUTE-HOST-PLANE", Layer.Mtu, Severity.Warning, "Hosts size their packets for the uplink, not for the tunnel")
    {
        Precedence = Rules.Precedence.Data + 7,
        ExplainedBy = ["WG-MTU-UNDERLAY-CHANGED", "WG-MTU-TOO-BIG"],
        Explanation = "With node encryption the packets of kubelet, API server and host programs are encrypted after they were routed to the uplink. TCP takes its segment size from the uplink's MTU, so full "
            + "segments do not fit the tunnel: pods are fine, large transfers between hosts stall.",
        FalsifiedBy = "A SYN between the hosts announces an MSS that fits the tunnel, or the route to the other host has a smaller mtu or advmss.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices.Where(device => device.Link is { Up: true, Mtu: > 0 }))
        {
            var wide = device.Peers.Where(peer => Carried(device, peer) > device.Link!.Mtu).ToList();
            if (wide.Count > 0) yield return Build(mesh, device, wide);
        }
    }

    // What the route to the other host carries, when the tunnel is to carry that traffic; null when it is not.
    private static int? Carried(DeviceView device, PeerView peer)
    {
        if (peer.Endpoint is not { } endpoint || !peer.AllowedIps.Contains(IpPrefix.Host(endpoint.Address))) return null;
        if (device.Namespace.Lookups.ForPrefix(device, IpPrefix.Host(endpoint.Address)) is not { Type: RouteType.Unicast, Link: { } index } lookup) return null;
        if (device.Namespace.IsWireGuard(index) || !device.Namespace.UnderlayLinks.Contains(index) || device.Namespace.LinkByIndex(index) is not { } link) return null;
        return lookup.Mtu is > 0 and var own ? Math.Min(own, link.Mtu) : link.Mtu;
    }

    private RuleFinding Build(MeshModel mesh, DeviceView device, List<PeerView> wide)
    {
        var losing = wide.Where(peer => PathDifference.Of(mesh, peer) is { Lost: >= LeastBytes } difference && LossBySize.Of(mesh, peer, difference) is not null).ToList();
        var first = wide[0];
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Name} on {device.Node.Name} encrypts what goes to {DisplayText.Join(wide.Select(peer => peer.RemoteName), 3)} itself, but hosts size it for {Carried(device, first)} bytes; the tunnel carries {device.Link!.Mtu}.",
            Confidence = losing.Count > 0 ? 0.75 : 0.6,
            Severity = losing.Count > 0 ? Descriptor.Severity : Severity.Info,
            Family = first.Endpoint!.Value.Address.Family,
        };
        draft.Evidence(device, $"wg show {device.Name} allowed-ips: {first.RemoteName}", $"{first.Endpoint.Value.Address}, its own endpoint", null);
        draft.Evidence(device, $"ip route get {first.Endpoint.Value.Address}", $"the uplink, mtu {Carried(device, first)}", $"at most {device.Link.Mtu}", "rtnetlink");
        foreach (var peer in losing) draft.Affects(peer, TunnelState.MtuBlackhole);
        return draft.Build();
    }
}
