// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: other nodes have a peer at an address of this node, nobody has that key, and this node has no WireGuard device in any namespace.
/// Threshold: one such entry; two or more raise the confidence.
/// Traps: nodes without a role in the mesh (Kilo, Submariner) are nobody's peer; a device that could not be read is not missing; a single host cannot know
/// what it should have.
/// </summary>
internal sealed class IfaceMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IFACE-MISSING", Layer.Interface, Severity.Critical, "The node has no WireGuard device")
    {
        Precedence = Rules.Precedence.Device + 4,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-IFACE-KIND-FOREIGN", "WG-LEFTOVER-STATE", "WG-MODULE-MISSING", "WG-MODULE-SIGNATURE", "WG-UAPI-SOCKET-STALE", "WG-TUN-UNAVAILABLE"],
        Explanation = "Without the device nobody answers at the node's port: the other nodes' handshakes end in ICMP port unreachable or in silence, and the node's own pods "
            + "have no way into the tunnel.",
        FalsifiedBy = "`wg show` on the node lists a device, or the other nodes' entry for it is a leftover of a node that left the mesh.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => LostDevices.Find(mesh).Select(lost =>
    {
        var node = lost.Host.Node.Name;
        var named = lost.Name is { } name ? $" ({DisplayText.Name(name)} on the others)" : "";
        var draft = LostDeviceFindings.Draft(
            Descriptor, lost, $"{node} has no WireGuard device{named}, but {DisplayText.Join(lost.Holders.Select(entry => entry.Device.Node.Name).Distinct(), 3)} have it as a peer.", lost.Holders.Count > 1 ? 0.93 : 0.85);
        draft.Evidence(lost.Host, "wg show", "no device in any namespace", "the device of the mesh", "genetlink wireguard, UAPI sockets");
        return draft.Build();
    });
}
