// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Routing;

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>
/// Signal: the kernel itself refuses a packet from a peer's prefix that comes in by the device (EXDEV, or EINVAL where the routes say why); without its answer, an effective rp_filter of 1 on the device
/// and a way back to the prefix that is another device, or of 2 and no way back at all.
/// Threshold: the prefix was seen at the peer's node, which routes into the tunnel; growth of IPReversePathFilter raises the confidence.
/// Traps: the effective value is the larger one of "all" and the device's; strict with symmetric routes is fine; IPv6 has no such filter in its routing; a prefix of
/// the whole tunnel network holds this node too, and what comes from its own addresses says nothing about the filter.
/// </summary>
internal sealed class StrictFilterRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-RPFILTER-STRICT", Layer.Forwarding, Severity.Error, "The reverse path filter drops decrypted packets")
    {
        Precedence = Rules.Precedence.Receiver + 2,
        ExplainedBy = ["WG-POLICY-RULE-MISSING", "WG-ROUTE-MISSING", "WG-ROUTE-LOST-LINKDOWN", "WG-ALLOWEDIPS-WITHOUT-ROUTE", "WG-ROUTE-SHADOWED", "WG-CIDR-OVERLAP", "WG-IFACE-NO-ADDRESS"],
        Explanation = "With rp_filter = 1 the kernel drops a packet when its way back to the source is not the device it came by. The tunnel delivers, the peer's counters move, "
            + "and the packets vanish without an ICMP error.",
        FalsifiedBy = "`ip route get <source>` names the tunnel, or IPReversePathFilter does not grow while the peer sends.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true } && device.Namespace.RoutesRead
        let filter = ReversePathFilter.Effective(device.Namespace, device.RawName)
        where filter is ReversePathFilter.Strict or ReversePathFilter.Loose
        let refused = device.Peers.SelectMany(peer => Refused(device, peer, filter.Value)).ToList()
        where refused.Count > 0
        select Build(device, filter.Value, refused);

    private static IEnumerable<(PeerView Peer, IpPrefix Prefix, bool Asked)> Refused(DeviceView device, PeerView peer, long filter) =>
        from prefix in peer.AllowedIps
        where prefix.Family == IpFamily.IPv4 && PrefixMath.IsRoutable(prefix) && peer.Remote is { } remote && remote.Owned.Exists(owned => owned.Prefix.Overlaps(prefix)) && Sends(peer)
        let asked = device.Namespace.Lookups.Incoming(device).FirstOrDefault(lookup => lookup.Prefix == prefix && !ReversePathFilter.IsOwn(device, lookup.From!.Value))
        let source = asked?.From ?? PrefixMath.Stranger(prefix, address => ReversePathFilter.IsOwn(device, address))
        where source is not null && IsRefused(device, source.Value, asked, filter)
        select (peer, prefix, asked is not null);

    // The far end leads its packets for this node into the tunnel; else nothing comes in that could be dropped.
    private static bool Sends(PeerView peer) => peer.Reverse is { } reverse
        && reverse.AllowedIps.Any(back => back.Family == IpFamily.IPv4 && !back.IsDefault && reverse.Device.HasRouteFor(back));

    private static bool IsRefused(DeviceView device, IpAddr source, RouteLookupFact? asked, long filter) => asked switch
    {
        { Error: "EXDEV" } => true,
        null or { Error: "EINVAL" } => ReversePathFilter.Refuses(device, source, filter) is true,
        _ => false,
    };

    private RuleFinding Build(DeviceView device, long filter, List<(PeerView Peer, IpPrefix Prefix, bool Asked)> refused)
    {
        var ns = device.Namespace;
        var drops = ns.CounterGrowth("TcpExt.IPReversePathFilter");
        var prefixes = refused.Select(item => item.Prefix).Distinct().ToList();
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} drops packets from {DisplayText.Join(prefixes, 3)} that come out of {device.Name}: rp_filter is {filter}, and the way back to them is another one.",
            Confidence = drops > 0 ? 0.97 : refused.Exists(item => item.Asked) ? 0.93 : 0.8,
            Family = IpFamily.IPv4,
            Prefixes = prefixes,
        };
        draft.Evidence(device, $"the larger of net.ipv4.conf.all.rp_filter and {DisplayText.Name(ReversePathFilter.Name(device.RawName))}", $"{filter}", filter == ReversePathFilter.Strict ? "2, 0, or a way back through the device" : "a way back", "/proc/sys/net");
        foreach (var (_, prefix, asked) in refused.Take(4))
        {
            draft.Evidence(device, $"ip route get (an address of {prefix})", BackText(device, prefix), $"dev {device.Name}", "rtnetlink");
            if (asked) draft.Evidence(device, $"ip route get (own address) from (an address of {prefix}) iif {device.Name}", "refused", "an answer", "rtnetlink");
        }

        if (drops > 0) draft.Evidence(device, "nstat TcpExtIPReversePathFilter", $"grew by {drops} during the observation", "0", "/proc/net/netstat");
        if (filter == ReversePathFilter.Strict) draft.Mend(new NamespaceCommands(ns).Sysctl(ReversePathFilter.Name(device.RawName), ReversePathFilter.Loose, ns.Sysctl(ReversePathFilter.Name(device.RawName)) ?? filter));
        foreach (var entry in refused.Select(item => item.Peer.Reverse).Distinct()) draft.Affects(entry, TunnelState.DroppedAfterDecrypt);
        return draft.Build();
    }

    private static string BackText(DeviceView device, IpPrefix prefix) => device.Namespace.Fib.Lookup(PrefixMath.Stranger(prefix, address => ReversePathFilter.IsOwn(device, address)) ?? prefix.Network) switch
    {
        { NextHops: [var hop, ..] } => $"dev {device.Namespace.LinkName(hop.Link)}{(hop.Gateway is { } gateway ? $" via {gateway}" : "")}",
        { } route => route.Type.ToString(),
        null => "no route",
    };
}
