// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Underlay;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: the tunnel address of a device is also an address of another node of the same mesh; or the underlay address of a peer is one of another node, whose
/// hardware address a third node has for it, and nothing arrives.
/// Threshold: none. At fault is the node for which the others do not hold the address in AllowedIPs.
/// Traps: anycast and virtual addresses on dummy or lo are on no WireGuard device; link-local ones mean something else on each link; two meshes may use the
/// same network.
/// </summary>
internal sealed class AddressDuplicateRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ADDR-DUPLICATE", Layer.Address, Severity.Error, "Two nodes have one tunnel address")
    {
        Precedence = Rules.Precedence.Device + 6,
        Explanation = "A node drops packets whose source is one of its own addresses (a martian source), and answers packets to such an address itself. Between the two nodes "
            + "nothing passes, and third nodes reach whichever of them AllowedIPs name.",
        FalsifiedBy = "`ip addr` shows the address on one of the two nodes only.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => InTunnels(mesh).Concat(OnUnderlay(mesh));

    // The same address may stand on many segments; it hurts where a third node's neighbour table names the wrong one of the two.
    private IEnumerable<RuleFinding> OnUnderlay(MeshModel mesh) =>
        from hop in NextHop.Find(mesh)
        where hop is { IsPeer: true, Entry.LinkLayerAddress: not null }
        from peer in hop.Peers
        where peer is { Remote: not null, Fact.Sent.Growth: > 0, Reverse.Fact.Received.Growth: 0 } && Has(peer.Remote!.Namespace, hop) is { } right && !SameHardware(peer.Remote!.Namespace, right, hop)
        from node in mesh.Nodes
        where node != hop.Device.Node && node != peer.Remote!.Node && node.Namespaces is [{ Devices.Count: > 0 }, ..]
        let ns = node.Namespaces[0]
        let twin = Has(ns, hop)
        where twin is not null && SameHardware(ns, twin, hop)
        select Build(ns, twin, peer, hop);

    private static AddressFact? Has(NamespaceView ns, NextHop hop) => ns.Addresses.FirstOrDefault(address => address.Address == hop.Address);

    private static bool SameHardware(NamespaceView ns, AddressFact address, NextHop hop) =>
        string.Equals(ns.LinkByIndex(address.Link)?.HardwareAddress, hop.Entry.LinkLayerAddress, StringComparison.OrdinalIgnoreCase);

    private RuleFinding Build(NamespaceView ns, AddressFact twin, PeerView peer, NextHop hop)
    {
        var (where, link) = (hop.Device, ns.LinkName(twin.Link));
        var draft = new FindingDraft(Descriptor, ns.Devices[0])
        {
            Message = $"{ns.Node.Name} has {twin.Address} on {link}, which is the underlay address of {peer.RemoteName}; {where.Node.Name} sends what is for {peer.RemoteName} to it.",
            Confidence = 0.93,
            Family = twin.Address.Family,
            Prefixes = [IpPrefix.Host(twin.Address)],
        };
        draft.Evidence(ns, $"ip addr show to {twin.Address}", $"on {link}", "not there");
        draft.Evidence(where, $"ip neigh show {hop.Address}", DisplayText.Name(hop.Entry.LinkLayerAddress), null, "rtnetlink");
        draft.Mend(new NamespaceCommands(ns).DeleteAddress(twin));
        // What the twin itself sends to the rightful owner never leaves it.
        foreach (var own in ns.Devices.SelectMany(device => device.Peers).Where(own => own.Remote == peer.Remote)) draft.Affects(own, TunnelState.NoHandshake).Affects(own.Reverse, TunnelState.NoHandshake);
        return draft.Affects(peer, TunnelState.NoHandshake).Affects(peer.Reverse, TunnelState.NoHandshake).Build();
    }

    private IEnumerable<RuleFinding> InTunnels(MeshModel mesh)
    {
        foreach (var group in mesh.Meshes)
        {
            var devices = group.ToList();
            var places = devices.Select(device => device.Namespace).Distinct()
                .SelectMany(ns => ns.Addresses.Where(IsOwn).Select(address => (address.Address, Ns: ns, Fact: address)))
                .ToLookup(item => item.Address);
            var tunnel = devices.SelectMany(device => device.Addresses(IpFamily.IPv4).Concat(device.Addresses(IpFamily.IPv6)).Select(address => (Device: device, address.Address)));
            foreach (var (address, owners) in tunnel.GroupBy(item => item.Address).Select(item => (item.Key, item.Select(owner => owner.Device).Distinct().ToList())).OrderBy(item => item.Key))
            {
                var twins = places[address].DistinctBy(item => item.Ns).ToList();
                if (twins.Select(twin => twin.Ns.Node).Distinct().Count() < 2) continue;
                var rightful = owners.MaxBy(owner => owner.HeldBy.Count(entry => entry.Covers(IpPrefix.Host(address))))!;
                foreach (var twin in twins.Where(twin => twin.Ns.Node != rightful.Node && IsInMesh(twin.Ns, rightful)))
                    yield return Build(devices.First(device => device.Namespace == twin.Ns), rightful, twin.Fact);
            }
        }
    }

    private static bool IsOwn(AddressFact address) => !address.Address.IsLinkLocal && !address.Address.IsLoopback;

    // Only between peers does one's address hurt the other.
    private static bool IsInMesh(NamespaceView ns, DeviceView rightful) => ns.Devices.Exists(device => device.MeshId == rightful.MeshId);

    private RuleFinding Build(DeviceView device, DeviceView rightful, AddressFact twin)
    {
        var link = device.Namespace.LinkName(twin.Link);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has {twin.Address} on {link}, which is the tunnel address of {rightful.Node.Name}; each drops the other's packets as its own.",
            Confidence = 0.95,
            Family = twin.Address.Family,
            Prefixes = [IpPrefix.Host(twin.Address)],
        };
        draft.Evidence(device, $"ip addr show to {twin.Address}", $"on {link}", "not there", "rtnetlink");
        draft.Evidence(rightful, $"ip addr show to {twin.Address}", $"on {rightful.Name}", null, "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).DeleteAddress(twin));
        foreach (var entry in device.Peers.Where(peer => peer.Remote == rightful)) draft.Affects(entry, TunnelState.NotRoutedIn).Affects(entry.Reverse, TunnelState.DroppedAfterDecrypt);
        return draft.Build();
    }
}
