// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: the kernel's own answer gives packets of this node into the tunnel a source that the far side's AllowedIPs for this node do not hold, because the route
/// names it.
/// Threshold: another address of this node's device would be accepted there.
/// Traps: Calico masquerades such packets on purpose (a masquerade rule for the device is looked for); devices without an address are WG-IFACE-NO-ADDRESS;
/// a far side that holds none of this node's addresses is a gap in AllowedIPs.
/// </summary>
internal sealed class RouteSourceRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ROUTE-SRC-WRONG", Layer.Route, Severity.Error, "A route gives packets a source that the far side refuses")
    {
        Precedence = Rules.Precedence.Sources,
        ExplainedBy = ["WG-IFACE-NO-ADDRESS"],
        Explanation = "Packets that the node itself sends take the source that the route prefers. The far side accepts a decrypted packet only from sources in its AllowedIPs for this "
            + "node, so they are dropped there while the pods' packets pass.",
        FalsifiedBy = "`ip route get <destination>` shows a source that the far side has in AllowedIPs for this node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true }
        from peer in device.Peers
        where peer.Reverse is not null
        from prefix in peer.AllowedIps
        where !prefix.IsDefault
        let lookup = device.Namespace.Lookups.ForPrefix(device, prefix)
        where lookup is { Type: RouteType.Unicast, Source: not null } && lookup.Link == device.Link!.Index
        let source = lookup.Source!.Value
        where !peer.Reverse!.Covers(IpPrefix.Host(source))
        let route = device.RoutesInto(prefix.Family).FirstOrDefault(route => route.Destination.Contains(lookup.Destination) && route.PreferredSource == source)
        let accepted = device.Addresses(prefix.Family).Select(address => address.Address).FirstOrDefault(address => address != source && peer.Reverse!.Covers(IpPrefix.Host(address)))
        where route is not null && accepted != default && !FilterQuestions.MayRewriteSource(device, source, lookup.Destination)
        group (peer, prefix) by (device, route, source, accepted) into wrong
        select Build(wrong.Key.device, wrong.Key.route, wrong.Key.source, wrong.Key.accepted, [.. wrong]);

    private RuleFinding Build(DeviceView device, RouteFact route, IpAddr source, IpAddr accepted, List<(PeerView Peer, IpPrefix Prefix)> wrong)
    {
        var ip = source.Family == IpFamily.IPv6 ? "ip -6" : "ip";
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} the route {route.Destination} into {device.Name} gives the node's own packets the source {source}, which {DisplayText.Join(wrong.Select(item => item.Peer.RemoteName).Distinct(), 3)} refuses; {accepted} would be accepted.",
            Confidence = 0.93,
            Family = source.Family,
            Prefixes = [route.Destination],
        };
        foreach (var (peer, prefix) in wrong.Take(4))
        {
            draft.Evidence(device, $"{ip} route get (an address of {prefix})", $"src {source}", $"src {accepted}", "rtnetlink");
            draft.Evidence(peer.Remote!, $"wg show {peer.Remote!.Name} allowed-ips", $"{device.Node.Name}: {DisplayText.Join(peer.Reverse!.AllowedIps)}", $"would have to hold {source}");
        }

        draft.Mend(new NodeCommands(device).RouteSource(route, accepted));
        foreach (var (peer, _) in wrong) draft.Affects(peer, TunnelState.RejectedByAllowedIps);
        return draft.Build();
    }
}
