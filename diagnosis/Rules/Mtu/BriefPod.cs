// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>A pod of which only an address and the MTU are known, and the node's links that lead to it: one veth, or the veths of a bridge.</summary>
/// <param name="Device">The node's tunnel, whose peers look for the pod there.</param>
/// <param name="Address">Address of the pod.</param>
/// <param name="Mtu">Its MTU.</param>
/// <param name="Outer">The link with the most dropped packets, or else the widest.</param>
/// <param name="Widest">The largest MTU among the links.</param>
/// <param name="Dropped">Packets that these links dropped on reception during the observation.</param>
internal sealed record BriefPod(DeviceView Device, IpAddr Address, int Mtu, LinkFact Outer, int Widest, ulong Dropped)
{
    public static IEnumerable<BriefPod> Find(MeshModel mesh) =>
        from node in mesh.Nodes
        where node.Namespaces is [{ Devices.Count: > 0, RoutesRead: true }, ..]
        let host = node.Namespaces[0]
        from other in Safe.List(node.Facts.OtherNamespaces?.Value?.Others)
        where other.Mtu > 0
        from address in other.Addresses ?? []
        let device = host.Devices.Find(device => device.HeldBy.Exists(entry => entry.Covers(IpPrefix.Host(address))))
        where device is not null
        let outer = EndsOf(host, address)
        where outer.Count > 0
        let first = outer.OrderByDescending(link => Drops(link)).ThenByDescending(link => link.Mtu).First()
        select new BriefPod(device, address, other.Mtu!.Value, first, outer.Max(link => link.Mtu), outer.Aggregate(0UL, (sum, link) => sum + Drops(link)));

    // Only veths: what leads to it is the node's end of a cable, or a bridge with such ports.
    private static List<LinkFact> EndsOf(NamespaceView host, IpAddr address)
    {
        if (host.Fib.Lookup(address) is not { Type: RouteType.Unicast, NextHops: [{ Link: var index, Gateway: null }] } || host.LinkByIndex(index) is not { } link) return [];
        List<LinkFact> ends = link.Kind == "bridge" ? [.. host.Links.Where(port => port.Master == index)] : [link];
        return ends.TrueForAll(end => end is { Kind: "veth", Mtu: > 0 }) ? ends : [];
    }

    private static ulong Drops(LinkFact link) => link.Counters?.RxDropped.Growth ?? 0;
}
