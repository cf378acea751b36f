// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: the node has no WireGuard device, and a link of another kind has the name that the device has on the nodes that have it as a peer.
/// Threshold: all of these nodes use the one name.
/// Traps: userspace implementations are of kind tun by design: a TUN device that a program holds may be one without a socket to ask, and gets less
/// confidence; one that nobody holds is a leftover.
/// </summary>
internal sealed class IfaceKindForeignRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-IFACE-KIND-FOREIGN", Layer.Interface, Severity.Error, "Another device has the name of the WireGuard device")
    {
        Precedence = Rules.Precedence.Device + 2,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "A name exists once in a namespace. While another device has it, the agent cannot make its own (\"file exists\") and configures nothing.",
        FalsifiedBy = "`ip -d link show <device>` says wireguard, or the program behind the TUN device speaks WireGuard.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from lost in LostDevices.Find(mesh)
        where lost.Usurper is not null && !lost.IsLeftover
        let kind = lost.Usurper!.Kind ?? "a physical device"
        select LostDeviceFindings.Usurped(
            Descriptor, lost, $"On {lost.Host.Node.Name} {DisplayText.Name(lost.Name)} is no WireGuard device but {DisplayText.Name(kind)}; the real one cannot be made.", kind == "tun" ? 0.7 : 0.95).Build();
}
