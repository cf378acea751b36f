// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Performance;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: one node cuts packets into fragments, the other puts none together, and of what the tunnel sends there a large part is missing.
/// Threshold: four fragments and 1000 bytes, so that a lost packet was a large one.
/// Traps: fragments of other programs: the missing bytes in the tunnel tie them to it; inner packets that a node cuts, because pods have a larger MTU than the tunnel. The receiver's ReasmFails come 30 s later and are no condition.
/// </summary>
internal sealed class FragmentDropRule : IRule
{
    private const ulong LeastBytes = 1000;
    private const double LeastShare = 0.1;

    public RuleDescriptor Descriptor { get; } = new("WG-FRAGMENT-DROP", Layer.Mtu, Severity.Error, "Fragments of tunnel packets are dropped on the way")
    {
        Precedence = Rules.Precedence.Data + 2,
        Reach = Reach.Tunnels,
        // A tunnel packet that comes back into the tunnel grows with each round until it no longer fits.
        ExplainedBy = ["WG-FWMARK-MISMATCH", "WG-ENDPOINT-INSIDE-TUNNEL"],
        Explanation = "Tunnel packets that are longer than the underlay allows travel in two fragments. The second has no UDP ports, and many firewalls and cloud networks drop it: the packet "
            + "is never whole at the far end, while everything that fits into one passes.",
        FalsifiedBy = "`ping -s 3000` without the DF bit between the nodes outside the tunnel is answered.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from tunnel in mesh.Peers
        where tunnel.Endpoint is not null && MayFragment(tunnel)
        let version = tunnel.Endpoint!.Value.Address.Family == Net.IpFamily.IPv4 ? "Ip" : "Ip6"
        let difference = PathDifference.Of(mesh, tunnel)
        where difference is { Lost: >= LeastBytes, Share: >= LeastShare }
        let far = tunnel.Reverse!.Device
        where FragmentCounters.AreLost(tunnel.Device, far, version)
        select Build(tunnel, far, version, difference);

    // Where the outer packets fit the underlay, the fragments that the node counts are of something else, such as inner packets.
    private static bool MayFragment(PeerView tunnel) =>
        tunnel.Device.Link is { } link && (UnderlayMtu.Limit(tunnel.Device, tunnel) is not { } limit || link.Mtu > limit);

    private RuleFinding Build(PeerView tunnel, DeviceView far, string group, PathDifference difference)
    {
        var device = tunnel.Device;
        var created = device.Namespace.CounterGrowth($"{group}.FragCreates");
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} sends tunnel packets to {far.Node.Name} in fragments, and none is put together there; {difference.Lost} bytes are missing.",
            Confidence = 0.88,
            Entry = tunnel,
            Family = tunnel.Endpoint!.Value.Address.Family,
        };
        draft.Evidence(device, $"nstat {group}FragCreates", $"+{created}", "0", "/proc/net/snmp");
        draft.Evidence(far, $"nstat {group}ReasmOKs", "+0", $"about +{created / 2}", "/proc/net/snmp");
        draft.Evidence(device, $"wg show {device.Name} transfer: sent to {far.Node.Name}", $"+{difference.Sent}", null);
        draft.Evidence(far, $"wg show {far.Name} transfer: received from {device.Node.Name}", $"+{difference.Received}", $"about +{difference.Sent}");
        if (UnderlayMtu.Limit(device, tunnel) is { } limit && device.Link is { } link && link.Mtu > limit) draft.Mend(new NodeCommands(device).Mtu(limit, link.Mtu));
        return draft.Affects(tunnel, TunnelState.MtuBlackhole).Build();
    }
}
