// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Performance;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Signal: the two ends of a tunnel have different MTUs, though both underlays carry the same.
/// Threshold: a warning only while bytes of the end with the larger MTU go missing; else it is a note, as WireGuard receives any size.
/// Traps: different underlays give different values on purpose; an MTU that does not fit its own underlay is WG-MTU-TOO-BIG.
/// </summary>
internal sealed class MtuAsymmetricRule : IRule
{
    private const double LeastShare = 0.05;
    private const ulong LeastBytes = 1000;

    public RuleDescriptor Descriptor { get; } = new("WG-MTU-ASYMMETRIC", Layer.Mtu, Severity.Warning, "The ends of a tunnel have different MTUs")
    {
        Precedence = Rules.Precedence.Data + 5,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-MTU-TOO-SMALL", "WG-IPV6-OVERHEAD", "WG-MTU-UNDERLAY-CHANGED", "WG-MTU-TOO-BIG", "WG-FRAGMENT-DROP"],
        Explanation = "Each end only limits what it sends. Where the path is narrower than the larger of the two, uploads work and downloads stall, or the reverse; lowering one end alone mends one direction.",
        FalsifiedBy = "Packets of each device's MTU pass in both directions (`ping -M do`).",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from tunnel in mesh.Peers
        let far = tunnel.Reverse
        where far is { IsCounted: false } && tunnel.Device.Link is { Up: true } && far.Device.Link is { Up: true }
        where tunnel.Device.Link!.Mtu > far.Device.Link!.Mtu && far.Device.Link!.Mtu > 0
        let here = UnderlayMtu.Limit(tunnel.Device, tunnel)
        where here is not null && here == UnderlayMtu.Limit(far.Device, far) && tunnel.Device.Link!.Mtu <= here
        select Build(mesh, tunnel, far.Device);

    private RuleFinding Build(MeshModel mesh, PeerView tunnel, DeviceView far)
    {
        var (larger, smaller) = (tunnel.Device.Link!.Mtu, far.Link!.Mtu);
        var loss = PathDifference.Of(mesh, tunnel) is { Lost: >= LeastBytes, Share: >= LeastShare } difference ? difference : null;
        var draft = new FindingDraft(Descriptor, tunnel.Device)
        {
            Message = $"The tunnel between {tunnel.Device.Node.Name} and {far.Node.Name} has MTU {larger} at one end and {smaller} at the other, over equal underlays"
                + (loss is null ? "." : $"; {loss.Lost} bytes of the larger end are missing."),
            Confidence = loss is null ? 0.9 : 0.6,
            Severity = loss is null ? Severity.Info : Descriptor.Severity,
            Entry = tunnel,
        };
        draft.Evidence(tunnel.Device, $"ip link show {tunnel.Device.Name}", $"mtu {larger}", $"mtu {smaller}", "rtnetlink");
        draft.Evidence(far, $"ip link show {far.Name}", $"mtu {smaller}", null, "rtnetlink");
        draft.Mend(new NodeCommands(tunnel.Device).Mtu(smaller, larger));
        if (loss is not null) draft.Affects(tunnel, TunnelState.Degraded);
        return draft.Build();
    }
}
