// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Performance;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: the device has the MTU that all others of the mesh have and that fits their underlays, but this node's underlay carries less.
/// Threshold: at least one other device with this MTU whose underlay fits it; none of the others has another one.
/// Traps: a device whose own MTU was raised is WG-MTU-TOO-BIG; agents that compute each node's value give different MTUs and are silent here.
/// </summary>
internal sealed class MtuUnderlayChangedRule : IRule
{
    private const ulong LeastBytes = 1000;
    private const double LeastShare = 0.1;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-UNDERLAY-CHANGED", Layer.Mtu, Severity.Error, "One node's underlay carries less than the mesh was made for")
    {
        Precedence = Rules.Precedence.Data,
        Reach = Reach.Tunnels,
        Explanation = "The tunnel's MTU was computed for a larger underlay. After the underlay shrank (another network, a VPN below, a DHCP option), full packets of this node are fragmented or lost, and full "
            + "packets to it may be lost on the last hop, while the other nodes are fine.",
        FalsifiedBy = "The node's uplink and route carry the device's MTU plus WireGuard's overhead, or the node never had a larger underlay.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link is { Up: true }
        let tight = Narrow(device).ToList()
        where tight.Count > 0
        let others = mesh.Siblings(device).Where(other => other.Link is { Up: true }).ToList()
        where others.Count > 0 && others.TrueForAll(other => other.Link!.Mtu == device.Link!.Mtu)
        let wide = others.Where(Fits).ToList()
        where wide.Count > 0 && wide.Count * 2 > others.Count
        select Build(mesh, device, tight, wide[0]);

    private static IEnumerable<PeerView> Narrow(DeviceView device) => device.Peers.Where(peer => UnderlayMtu.Limit(device, peer) < device.Link!.Mtu);

    private static bool Fits(DeviceView device) =>
        device.Peers.Any(peer => UnderlayMtu.Limit(device, peer) is not null) && !Narrow(device).Any();

    private static bool Loses(MeshModel mesh, PeerView tunnel) => PathDifference.Of(mesh, tunnel) is { Lost: >= LeastBytes, Share: >= LeastShare };

    private RuleFinding Build(MeshModel mesh, DeviceView device, List<PeerView> tight, DeviceView wide)
    {
        var worst = tight.MinBy(peer => UnderlayMtu.Limit(device, peer))!;
        var (underlay, limit, mtu) = (UnderlayMtu.Of(device, worst)!.Value, UnderlayMtu.Limit(device, worst)!.Value, device.Link!.Mtu);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The underlay of {device.Node.Name} carries {underlay}: too little for the tunnel's MTU {mtu}, which fits every other node.",
            Confidence = 0.85,
            Severity = tight.Exists(peer => Loses(mesh, peer) || (peer.Reverse is { } back && Loses(mesh, back))) ? Descriptor.Severity : Severity.Warning,
            Family = worst.Endpoint!.Value.Address.Family,
        };
        draft.Evidence(device, $"ip route get {worst.Endpoint.Value.Address}", $"mtu {underlay}", $"{mtu + UnderlayMtu.Overhead(worst.Endpoint.Value.Address.Family)} or more", "rtnetlink");
        draft.Evidence(device, $"ip link show {device.Name}", $"mtu {mtu}", $"at most {limit}", "rtnetlink");
        draft.Evidence(wide, $"ip link show {wide.Name}", $"mtu {wide.Link!.Mtu}, which fits its underlay", null, "rtnetlink");
        draft.Mend(new NodeCommands(device).Mtu(limit, mtu));
        foreach (var peer in tight) draft.Affects(peer, TunnelState.Degraded);
        return draft.Build();
    }
}
