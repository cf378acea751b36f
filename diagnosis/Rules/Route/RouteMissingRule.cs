// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Pods;

namespace KubeWgDiag.Diagnosis.Rules.Route;

/// <summary>
/// Signal: an AllowedIPs prefix that lies behind the peer, with no route into the device in any table, and a kernel lookup that leads elsewhere.
/// Threshold: the way back is routed, or other nodes route it, or the device's other prefixes are routed (on a single host: half of them).
/// Traps: meshes without routes (BPF, Table=off everywhere), prefixes that hold underlay addresses (node encryption), catch-alls, prefixes with a
/// chosen other way, routing daemons that have not learnt a route yet.
/// Also the network behind the node itself, whose route went with the mask of its address; only while most of what the tunnel delivers gets no answer.
/// </summary>
internal sealed class RouteMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ROUTE-MISSING", Layer.Route, Severity.Critical, "No route into the tunnel")
    {
        Precedence = Rules.Precedence.Cryptokey + 5,
        ExplainedBy = ["WG-IFACE-MOVED-NETNS", "WG-IFACE-DOWN", "WG-IFACE-NO-ADDRESS", "WG-MTU-TOO-SMALL", "WG-IPV6-DISABLED", "WG-CNI-PLAINTEXT-LEAK", "WG-SUBMARINER-FAILOVER", "WG-NETWORKD-FLUSH", "WG-NETWORKMANAGER-INTERFERENCE"],
        Explanation = "AllowedIPs choose the peer inside the device; they do not bring a packet to the device. Without a route it follows the default route, in clear "
            + "text, or is refused as unreachable.",
        FalsifiedBy = "`ip route get <address in the prefix>` names the device.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => MissingRoutes.Make(Descriptor, mesh, RouteLoss.Missing).Concat(
        from device in mesh.Devices
        where LostBehind.IsUnanswered(device)
        from lost in LostBehind.WithoutMask(device)
        select Build(device, lost.Address, lost.Network, lost.Taken));

    // The other end of the way: the tunnel delivers, and this node does not know its own network any more.
    private RuleFinding Build(DeviceView device, AddressFact address, IpPrefix network, RouteFact? taken)
    {
        var link = device.Namespace.LinkName(address.Link);
        var way = taken is null ? "there is no route" : $"its packets leave by {device.Namespace.LinkName(taken.NextHops[0].Link)}";
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has {address.Address}/{address.PrefixLength} on {link}, but no route to {network}, which its peers look for behind it: {way}.",
            Confidence = 0.85,
            Family = address.Address.Family,
            Prefixes = [network],
        };
        draft.Evidence(device, $"ip addr show dev {link}", $"{address.Address}/{address.PrefixLength}", $"{address.Address}/{network.Length}", "rtnetlink");
        draft.Evidence(device, $"ip route get {LostBehind.Stranger(device.Namespace, network)}", way, $"dev {link}", "rtnetlink");
        draft.Evidence(device, $"ip -s link show {device.Name}", $"RX +{device.Link!.Counters!.RxPackets.Growth}, TX +{device.Link.Counters.TxPackets.Growth} packets", null, "rtnetlink");
        foreach (var peer in device.HeldBy.Where(entry => entry.Covers(network))) draft.Affects(peer, TunnelState.DroppedAfterDecrypt);
        return draft.Build();
    }
}
