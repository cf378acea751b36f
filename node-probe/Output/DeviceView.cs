// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>A WireGuard device with what belongs to it, gathered from the facts of its node.</summary>
internal sealed record DeviceView(NodeFacts Node, NamespaceFacts Namespace, bool InHostNamespace, WireGuardDeviceFact Device)
{
    public LinkFact? Link => Namespace.Links.Value?.FirstOrDefault(l => l.Name == Device.Name);

    /// <summary>All devices of a node, the host namespace first, by name.</summary>
    public static IReadOnlyList<DeviceView> Of(NodeFacts node) =>
    [
        .. node.Namespaces.SelectMany((space, index) =>
            Devices(space).OrderBy(d => d.Name, StringComparer.Ordinal).Select(d => new DeviceView(node, space, index == 0, d))),
    ];

    /// <summary>Kernel and userspace devices; one that both readers show is shown once.</summary>
    public static IEnumerable<WireGuardDeviceFact> Devices(NamespaceFacts space) =>
        (space.KernelWireGuard.Value ?? []).Concat(space.UserspaceWireGuard.Value ?? []).DistinctBy(d => d.Name, StringComparer.Ordinal);

    /// <summary>What the engine says about the tunnel to a peer; null when it says nothing.</summary>
    public static Dictionary<(string Node, string Device, string Key), TunnelAssessment> Index(DiagnosisReport report)
    {
        var index = new Dictionary<(string, string, string), TunnelAssessment>();
        foreach (var tunnel in report.Tunnels)
            index[(tunnel.Tunnel.FromNode, tunnel.Tunnel.FromDevice, tunnel.Tunnel.PeerKey)] = tunnel;
        return index;
    }
}
