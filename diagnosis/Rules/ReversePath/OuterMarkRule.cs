// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>
/// Signal: the device's mark keeps its outer packets out of the tunnel, an unmarked packet to the same endpoint would go into it, and the uplink filters strictly
/// without looking at marks (src_valid_mark 0), or with it while nothing gives the answers their mark.
/// Threshold: strict on the uplink; both the mark's return and src_valid_mark are needed, either alone drops.
/// Traps: without a default route into the tunnel this cannot be; an endpoint on the uplink's own network is found in the main table first; with src_valid_mark 1 and filters
/// that were not read nothing is said.
/// </summary>
internal sealed class OuterMarkRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-RPFILTER-OUTER-MARK", Layer.Forwarding, Severity.Critical, "The reverse path filter drops the peers' answers")
    {
        Precedence = Rules.Precedence.Underlay + 6,
        StopsHandshake = true,
        Explanation = "With the default route in the tunnel, only marked packets find the uplink. The reverse path check of an incoming answer asks without the mark, is told \"by the "
            + "tunnel\", and a strict uplink drops it. Handshakes leave, and their answers arrive and vanish.",
        FalsifiedBy = "IPReversePathFilter does not grow while answers come in, or `ip route get <endpoint>` without a mark names the uplink.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device is { Link.Up: true, Fact.FirewallMark: not 0 } && device.Namespace.RoutesRead && Safe.WasRead(device.Namespace.Facts.Rules)
        let dropped = device.Peers.Select(peer => (Peer: peer, Uplink: Drops(device, peer))).Where(item => item.Uplink is not null).ToList()
        where dropped.Count > 0
        from link in dropped.GroupBy(item => item.Uplink!.Index)
        select Build(device, link.First().Uplink!, [.. link.Select(item => item.Peer)]);

    private static LinkFact? Drops(DeviceView device, PeerView peer)
    {
        var ns = device.Namespace;
        if (peer.Endpoint is not { Address: { Family: IpFamily.IPv4 } address }
            || ns.Lookups.ForEndpoint(device, address) is not { Type: RouteType.Unicast, Link: { } way, Source: { } own }
            || way == device.Link!.Index || ns.LinkByIndex(way) is not { } uplink
            || ReversePathFilter.Effective(ns, uplink.Name) != ReversePathFilter.Strict)
            return null;
        // fib_validate_source: the way back, without the mark unless src_valid_mark says so.
        var back = ns.Fib.Follow(new Flow(address, own));
        if (back is not { Sure: true, Route: { } route } || !NamespaceView.LeadsTo(route, device.Link.Index)) return null;
        if (!ValidatesMark(ns, uplink.Name)) return uplink;
        return FilterQuestions.MarkOfAnswer(device, peer, own, uplink) is { } mark && mark != device.Fact.FirewallMark ? uplink : null;
    }

    // IN_DEV_SRC_VMARK: "all" or the device's own.
    private static bool ValidatesMark(NamespaceView ns, string link) =>
        ns.Sysctl("net.ipv4.conf.all.src_valid_mark") != 0 && ns.Sysctl("net.ipv4.conf.all.src_valid_mark") is not null
        || ns.Sysctl($"net.ipv4.conf.{link.Replace('.', '/')}.src_valid_mark") is > 0;

    private RuleFinding Build(DeviceView device, LinkFact uplink, List<PeerView> peers)
    {
        var ns = device.Namespace;
        var drops = ns.CounterGrowth("TcpExt.IPReversePathFilter");
        var validates = ValidatesMark(ns, uplink.Name);
        var name = DisplayText.Name(uplink.Name);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} drops what its peers send to {device.Name}: {name} filters strictly, and without the mark 0x{device.Fact.FirewallMark:x} the way back to them is the tunnel itself.",
            Confidence = drops > 0 ? 0.97 : validates ? 0.85 : 0.93,
            Family = IpFamily.IPv4,
        };
        draft.Evidence(device, $"rp_filter of {name} (the larger of all and its own)", "1", "2, or src_valid_mark 1 and a rule that restores the mark", "/proc/sys/net");
        draft.Evidence(device, "net.ipv4.conf.all.src_valid_mark", validates ? "1, but no rule gives answers the mark" : "0", "1", "/proc/sys/net");
        draft.Evidence(device, $"ip route get {peers[0].Endpoint!.Value.Address}", $"dev {device.Name} without a mark, dev {name} with it", null, "rtnetlink");
        if (drops > 0) draft.Evidence(device, "nstat TcpExtIPReversePathFilter", $"grew by {drops} during the observation", "0", "/proc/net/netstat");
        draft.Mend(new NamespaceCommands(ns).Sysctl(ReversePathFilter.Name(uplink.Name), ReversePathFilter.Loose, ReversePathFilter.Strict));
        foreach (var peer in peers) draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake);
        return draft.Build();
    }
}
